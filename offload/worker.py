"""Worker: a thread, or the RP2's second core, that makes blocking calls for tasks; Pool: several of them.

For the odd call use `unblock`. A Worker makes its calls one after another on the same thread, in the order in which
they were awaited: for what has thread affinity, such as a sqlite connection, or a device.
"""

import sys
from _thread import allocate_lock
from time import sleep

from ..core.context import running_loop
from ..core.describing import describe
from ..core.errors import TimeoutError
from ..core.lazy import above
from ..core.native import MICROPYTHON, fence, ident, print_exception
from ..core.queue_errors import QueueClosed
from ..core.times import CLOCK_HZ
from ..threadsafe.parking import check_timeout
from . import token
from .job import Job, WorkerClosed, check_on_cancel
from .line import Afterwork, JobLine, Slot

RP2 = sys.platform == "rp2"

if RP2:
    from .start_rp2 import start
elif MICROPYTHON:
    from .start_micropython import start
else:
    from .coroutines_cpython import check_not_async
    from .start_cpython import start

IDLE = 10  # seconds after which a thread that has nothing to do ends

_count = 0


class Pool(JobLine):
    """Up to `size` threads that make blocking calls for tasks; a thread starts when it is first needed.

    On RP2 that is one, whatever `size`: the second core.

    | method | who may call | blocks |
    |---|---|---|
    | `assign(func, *args, **kwargs)` | tasks of any loop, asyncio's too | no; the awaiting task until the call returns |
    | `close(timeout, drain)` | tasks | no; the awaiting task until the threads have ended |
    | `statistics()`, `closed()` | any context but a hard ISR | never |

    Jobs start in the order in which they were queued, up to `qsize` of them. While the queue is full more tasks wait
    their turn; one that comes at the right moment may be served before one that is being woken.
    What a job raises, SystemExit included, is raised to its task, with its traceback; the thread goes on.
    A thread that has had nothing to do for `idle` seconds ends (None: never). `limiter`, a ThreadSafeSemaphore, may be
    shared by several pools: a call is made with a permit of it. `timeout` and `on_cancel` are those of its jobs, see
    `Job.options`. `stack_size`: bytes for each thread, 0: as the system has it.
    `executor`, on CPython: the calls are made by that concurrent.futures.Executor, or "process"; see `executors_cpython`.
    """

    def __init__(
        self, size, name=None, qsize=1024, stack_size=0, idle=IDLE, limiter=None, timeout=None, on_cancel="abandon",
        executor=None,
    ):
        if not isinstance(size, int) or size < 1:
            raise ValueError("a pool has 1 thread or more, not " + repr(size))
        if not (limiter is None or hasattr(limiter, "acquire_sync")):
            raise TypeError("a limiter is a ThreadSafeSemaphore, not " + repr(limiter))
        JobLine.__init__(self, qsize, check_timeout(idle), limiter)
        self.name = _name(self, name)
        self.size = 1 if RP2 else size
        self.stack_size = stack_size
        self.timeout = check_timeout(timeout)
        self.on_cancel = check_on_cancel(on_cancel)
        self.slots = []  # of the threads that run
        self.abandoned = 0
        self.on_loan = False  # made by `unblock`, to be replaced by a Worker that the program makes
        self.gone = None  # why it takes no more jobs, if it was not closed
        self._gave_up = False  # `close` did, on what is stuck
        self._plain = timeout is None and on_cancel == "abandon"
        self._unstarted, self._told = 0, False  # threads that could not be started; whether that was said
        self._past = Slot(self.clock)  # the sum of threads that have ended
        self._lock = allocate_lock()  # guards `slots`, `_past`, `_ended` and what is counted; held for a few lines
        self._ended = None  # a ThreadSafeEvent once somebody waits for the end of all threads
        self._remote = None
        if executor is not None:
            self._remote = above("offload.executors_cpython", "Remote")(self, executor)
        if not MICROPYTHON:
            above("offload.fork_cpython", "pools").add(self)

    def assign(self, func, *args, **kwargs):
        """Awaitable: the result of `func(*args, **kwargs)`, called on a thread of this pool. See Job."""
        if not callable(func):
            text = "a function and its arguments are expected, not "
            raise TypeError(text + describe(func) + "; write assign(func, arg), without calling func")
        job = Job(self, func, args, kwargs)
        return job if self._plain else job.options()

    def statistics(self):
        """A dict: how many jobs are "queued", "running", "done", "failed" (they raised), "abandoned" (their caller was
        gone while they ran), how many "threads" there are, how many "unstarted" for want of memory, say, and the "longest"
        call in seconds, one that still runs included.
        """
        with self._lock:
            slots = list(self.slots)
            done, failed, longest = self._past.done, self._past.failed, self._past.longest
        now = self.clock.now()
        queued = len(self.jobs)
        running = 0
        for slot in slots:
            done += slot.done
            failed += slot.failed
            since, took = slot.since, slot.longest
            if slot.job is not None and since < 0:
                queued += 1
            elif slot.job is not None:
                running += 1
                took = max(took, now - since)
            longest = max(longest, took)
        counts = {
            "queued": queued, "running": running, "done": done, "failed": failed, "abandoned": self.abandoned,
            "longest": longest / CLOCK_HZ, "threads": len(slots), "unstarted": self._unstarted,
        }
        if self._remote is not None:
            self._remote.count(counts)
        return counts

    if not MICROPYTHON:

        def submit(self, job):
            """Queue `job` and see to a thread for it. False if the queue is full; QueueClosed. Called by Job."""
            check_not_async(job.func)
            if self._remote is not None:
                return self._remote.submit(job)
            return JobLine.submit(self, job)

    def close(self, timeout=None, drain=True):  # seldom
        """Take no more jobs, at once; awaitable: until those queued are done and the threads have ended.

        If not `drain`, those queued are not done: their tasks get WorkerClosed.
        After `timeout` seconds what still waits or runs is given up: its tasks get WorkerClosed, and TimeoutError,
        raised here, names what is stuck, on CPython with where it is. Its thread can't be stopped; it does not keep the
        process alive.
        """
        timeout = check_timeout(timeout)
        # What takes time comes before the threads are told: core 1 has ended a little later only than it says.
        event = self.ended() if self.slots else None
        self.shut()
        self._tell_if_over()  # its last thread may have ended since, as one that found nothing to do
        if not drain:
            self._withdraw_queued()
        return self._closing(timeout, event)

    async def _closing(self, timeout, event):  # seldom
        if self._remote is not None:
            try:
                await self._remote.close(timeout)
            except TimeoutError:
                self._gave_up = True
                raise
            return
        if event is None:
            if not self.slots:
                return
            event = self.ended()
        loop = running_loop()  # None in a task of asyncio
        if loop is not None:
            loop.clock.hold()  # a virtual time stands while threads are at work
        try:
            await event.wait(timeout)
        except TimeoutError:
            self._withdraw_queued()
            stuck = self._give_up_running()
            if stuck:  # else the last thread is about to end
                self._gave_up = True
                text = self.name + " is still " + ", ".join(stuck) + " after " + str(timeout) + " s"
                raise TimeoutError(text) from None
        else:
            if not MICROPYTHON:
                above("offload.start_cpython", "join")(self)
        finally:
            if loop is not None:
                loop.clock.release()

    def ended(self):  # seldom
        """A ThreadSafeEvent: set once the pool is closed and its threads have ended. Tasks only."""
        event = above("threadsafe.event", "ThreadSafeEvent")()
        with self._lock:
            self._ended = event = self._ended or event
        self._tell_if_over()
        return event

    def _tell_if_over(self):
        with self._lock:
            ended = self._ended if not self.slots and self.closed() else None
        if ended is not None:
            ended.set()

    def _withdraw_queued(self):  # seldom
        self.fail_queued(WorkerClosed(self.name + " was closed before this job could end"))

    def _give_up_running(self):  # seldom
        """End the jobs that run, to their tasks; returns what they are."""
        stuck = []
        for slot in list(self.slots):
            job = slot.job
            if job is not None:
                job.fail(WorkerClosed(self.name + " was closed before this job could end"))
                if slot.since < 0:
                    stuck.append("waiting for a permit to run " + job.describe())
                    continue
                where = "" if MICROPYTHON else above("offload.start_cpython", "where")(slot.thread)
                stuck.append("running " + job.describe() + where)
        return stuck

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, tb):
        if not self._gave_up:  # by a `close` in the block, whose error this would hold back
            await self.close()

    # For Job.

    def refusal(self, job):  # seldom
        """The error for `job`, which came too late."""
        why = self.gone or (self.name + " is closed and takes no more jobs; make a new one for ")
        return WorkerClosed(why + job.describe())

    def note_abandoned(self):
        """The caller of a job has gone while it ran."""
        with self._lock:
            self.abandoned += 1

    def check_options(self, on_cancel, progress):  # seldom
        """Raise ValueError for what can't hold here."""
        if self._remote is not None:
            self._remote.check_options(on_cancel, progress)

    def afterwards(self, fn, args):
        """Have a thread call `fn(*args)`, which raises nothing, before what is queued. Any thread; never blocks.

        A thread of this pool; if it has none any more, of `pool()`. Where none can be started either that is reported,
        and the call is made by the next that can.
        """
        self._follow(Afterwork(self, fn, args, {}))

    def _follow(self, job):
        if self._remote is None and (self.slots or not self.closed()):
            try:
                self.follow(job)
            except Exception as error:  # a thread could not be started
                self.report("What is to be done after a job has no thread yet", error)
            # A thread that ends leaves `slots`, then looks once more: either it has seen the job or is not here any more.
            if self.slots or job.ended():
                return
        try:
            other = above("offload.pools", "pool")()
            if other is not self:
                other._follow(job)  # where it may be twice: who comes first claims it
        except Exception as error:
            self.report("What is to be done after a job has no thread", error)

    def report(self, message, error):
        """Print an `error` that has nobody to go to. Any thread."""
        print(self.name + ": " + message, file=sys.stderr)
        print_exception(error, sys.stderr)

    # Threads.

    def start_another(self):
        with self._lock:
            if len(self.slots) >= self.size:
                return False
            slot = Slot(self.clock)
            self.slots.append(slot)
        try:
            start(self, slot)
        except BaseException as error:
            # Ctrl-C can come when the thread has started already: it or this takes the slot, not both.
            if self._take(slot):
                self._retire(slot)
                if isinstance(error, Exception) and self._do_without(error):
                    return False
            raise
        return True

    def _do_without(self, error):  # seldom
        """A thread could not be started. True if there are others: that is reported once. Else what is queued fails."""
        with self._lock:
            self._unstarted += 1
            others = len(self.slots)
            say = others > 0 and not self._told
            self._told = self._told or say
        if say:
            self.report("Another thread could not be started; the jobs are left to the others, " + str(others), error)
        if not others:
            self.waking = False  # first: who puts in a job from here on tries again
            if MICROPYTHON:
                fence()
            self.fail_queued(error)  # left in line, where there is no thread for them, they would fill it
        return others > 0

    def _take(self, slot):
        """True for the first who asks."""
        with self._lock:
            first = not slot.taken
            slot.taken = True
        return first

    def _retire(self, slot):
        """A thread has ended, or will never start."""
        with self._lock:
            self._remove(slot)
        self._tell_if_over()

    def _remove(self, slot):
        if slot in self.slots:
            self.slots.remove(slot)
            self._past.add(slot)

    def _is_over(self, slot, closed):
        """Whether a thread that found nothing to do may end: it then is none of the pool's any more."""
        with self._lock:
            if self.closed() and not closed:
                return False  # it ends as they all do
            self._remove(slot)
            self.waking = False
            if MICROPYTHON:
                fence()
            if self.after or (len(self.jobs) and not closed):  # put in by one that still counted on this thread
                slot.clear()
                self.slots.append(slot)
                return False
        return True

    def serve(self, slot):
        """What each thread does."""
        if not self._take(slot):
            return
        slot.thread = ident()
        try:
            while True:
                try:
                    token.enter(slot)
                    self.serve_jobs(slot)
                except (TimeoutError, QueueClosed) as error:
                    if self._is_over(slot, isinstance(error, QueueClosed)):
                        break
                except MemoryError:  # to wait takes some: until somebody lets go of it
                    sleep(0.01)
        finally:
            try:
                token.leave()
            finally:
                self._retire(slot)


class Worker(Pool):
    """A Pool of one thread, or the second core, which starts at once and stays. See Pool.

    On RP2 there is one second core: RuntimeError if something else uses it.
    """

    def __init__(self, name=None, qsize=10, stack_size=0, limiter=None, timeout=None, on_cancel="abandon"):
        Pool.__init__(self, 1, name, qsize, stack_size, None, limiter, timeout, on_cancel)
        self.start_another()


def Context(qsize=10):
    """A Worker under the name and with the argument that micropython-async gives it."""
    return Worker(qsize=qsize)


def _name(pool, name):
    global _count
    if name is None:
        _count += 1
        name = type(pool).__name__ + "-" + str(_count)
    return name
