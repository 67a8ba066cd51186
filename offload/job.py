"""A job: one call of a blocking function, made by a pool's thread for the task that awaits it."""

from ..core.cell import Cell
from ..core.context import running_loop
from ..core.describing import describe
from ..core.errors import TimeoutError
from ..core.lazy import above
from ..core.native import MICROPYTHON, fence
from ..core.queue_errors import QueueClosed
from ..core.task import PENDING
from ..threadsafe.parking import ParkedTask

if MICROPYTHON:
    from ..threadsafe.critical import enter, leave
else:
    from contextvars import copy_context

    from ..core.clocks_cpython import of_this_thread
    from ..core.parker_cpython import keep, let_go

NEW, QUEUED, ENDED = 0, 1, 2
WORDS = ("wait", "abandon", "signal")


class WorkerClosed(RuntimeError):
    """The worker was closed, before this job, or while it ran longer than the time given to `close`."""


class JobCancelled(RuntimeError):
    """What `checkpoint` raises in a function that is not wanted any more."""


def check_on_cancel(word):
    """Return `word` if it is one of WORDS, else ValueError; see Options for what they mean."""
    if word not in WORDS:
        raise ValueError("on_cancel is one of " + ", ".join(WORDS) + ", not " + repr(word))
    return word


class Job(Cell):
    """Awaitable: calls `func(*args, **kwargs)` on a thread of `pool`; gives its result or raises its exception.

    One task, of any loop, awaits it. It is queued when it is first awaited, or by `start`, and waits in line while the
    queue is full. Cancelled before its function was called, it never will be. What becomes of a function that runs
    is said by `options`, or else by its pool; see there. On CPython it runs in a copy of the context variables that
    were set where the job was made.

    | method | who may call |
    |---|---|
    | `await`, `options()`, `start()`, `withdraw()` | one task |
    | `run()` | the pool's thread |
    | `claim()`, then `finish(result, error)` | any thread |
    | `fail(error)`, `ended()`, `describe()` | any thread |
    """

    def __init__(self, pool, func, args, kwargs):
        self.rung = False
        self.pool = pool
        if not MICROPYTHON:
            clock = of_this_thread()
            if clock is not None:
                func = clock.job(func)
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.state = NEW
        self.result = None
        self.error = None
        self.task = None
        self.woken = False  # the task is in the ready ring, about to take the outcome
        self.cancelled = False  # nobody wants the outcome: its function may ask
        self.queue = None  # of the loop whose task awaits it
        self.bell = None
        self.given_up = False  # it has failed, but its function runs on
        self.expired = False  # its time is up
        if MICROPYTHON:
            self.unclaimed = True
            return  # the rest is the class's until it is written: to make an instance takes a while for each attribute
        self.taken = False  # the outcome was given to the task
        self.kept = False  # a wait for it that is cancelled leaves it as it is, to be waited for again
        self.limits = None  # an Options, if it has any
        self.unclaimed = [None]  # popped by whoever runs, withdraws or fails it: one of them
        self.context = copy_context()

    def options(self, timeout=None, on_cancel=None, dropped=None, progress=None):
        """The same job, to be awaited, with its own rules instead of the pool's. See Options."""
        return above("offload.options", "limited")(self, timeout, on_cancel, dropped, progress)

    def claim(self):
        """True for the first caller, False for every other; any thread."""
        if MICROPYTHON:
            state = enter()
            first = self.unclaimed
            self.unclaimed = False
            leave(state)
            return first
        return self._claimed()

    def _claimed(self):  # not in `claim`: on a board a try takes room, and the frame would be on the heap
        try:
            self.unclaimed.pop()
        except IndexError:
            return False
        return True

    def run(self, slot=None):
        """Call the function and hand its outcome over. Nothing escapes. `slot` counts it before anybody sees it."""
        if not self.claim():
            return
        if not MICROPYTHON:
            let_go()  # who waits for the job before: this may take long
        result = error = None
        try:
            if MICROPYTHON or self.context is None:
                result = self.func(*self.args, **self.kwargs)
            else:
                result = self.context.run(self.func, *self.args, **self.kwargs)
        except BaseException as failure:
            error = failure
        if slot is not None:
            slot.ended(error)
            if not MICROPYTHON:
                keep(True)  # its thread is about to sleep, or to run the next
        if not MICROPYTHON or self.cancelled:
            self.finish(result, error)
            return
        self.result = result  # `finish`, without its calls
        self.error = error
        self.state = ENDED
        fence()
        bell = self.bell
        if bell is not None:
            bell.ring(self)
        if self.cancelled and self.limits is not None:  # meanwhile
            self.limits.drop(self, error, True)

    def finish(self, result, error):
        """Hand the outcome of a job that the caller has claimed to whoever awaits it."""
        self.result = result
        self.error = error
        if not MICROPYTHON:
            self.context = None
        self._end()
        if not MICROPYTHON:
            keep(False)
        if self.cancelled and self.limits is not None:
            if not MICROPYTHON:
                let_go()
            self.limits.drop(self, error, True)

    def fail(self, error):
        """End the job with `error`, unless it has ended. Used for jobs that will never run, or never end."""
        runs = not self.claim()
        if self.state != ENDED:
            self.error = error
            self.given_up = runs
            self._end()

    def _end(self):
        self.state = ENDED  # after the outcome, before the bell
        if MICROPYTHON:
            fence()
        bell = self.bell
        if bell is not None:
            bell.ring(self)

    def ended(self):
        """True once it has an outcome, or never will have one."""
        return self.state == ENDED

    def describe(self):
        """The function's name, for messages."""
        return describe(self.func)

    # The awaiting task's side.

    def start(self):
        """Queue it now; it is awaited later. If there is no room, it waits for that when it is awaited."""
        if self.state == NEW:
            self._submit()

    def _submit(self):
        self.queue = running_loop()  # for from_thread, which may be there before the task is parked
        self.state = QUEUED  # first: the job may have ended by the time submit returns
        try:
            if self.pool.submit(self):
                return True
        except QueueClosed:
            self.state = NEW
            raise self.pool.refusal(self) from None
        except BaseException as error:
            if self.claim():  # else it runs, whatever went wrong
                self.error = error
                self.state = ENDED
            raise
        self.state = NEW
        return False

    def _submit_and_wait(self):
        """`_submit`, and the task that runs is about to wait for the job. CPython."""
        loop = running_loop()
        # If that is all there is for the loop to do it will sleep: that wakes the thread, without Python's lock in hand.
        keep(loop is not None and len(loop.ready) == 0 and loop.policy is None and not loop.clock.jumps)
        try:
            return self._submit()
        finally:
            keep(False)

    def attempt(self):
        if self.expired:
            self.expired = False
            if not (self.kept and self.state == ENDED):
                raise TimeoutError(self.describe() + " took longer than " + str(self.limits.timeout) + " s")
        if self.state == NEW and not (self._submit() if MICROPYTHON else self._submit_and_wait()):
            return PENDING
        if self.state != ENDED:
            if self.task is not None and not self.woken:
                raise above("offload.options", "misused")(self)
            return PENDING
        error = self.error
        self.taken = True
        if self.limits is not None:
            self.limits.end(self)  # again, if the task was parked
        if error is None:
            if self.result is PENDING:
                raise above("offload.options", "misused")(self)
            return self.result
        self.result = PENDING  # it has none, should somebody await it again
        self.error = self.task = None  # the traceback holds frames that hold this job: no cycle
        if self.given_up and self.bell is not None:
            self.bell.arm(self)  # for the late error, if there is one
        if isinstance(error, (StopIteration, StopAsyncIteration)):
            raise RuntimeError(self.describe() + " raised " + type(error).__name__) from error
        raise error

    def park(self, task):
        limits = self.limits
        if limits is not None:
            limits.begin(self, task)
        if self.state == NEW:  # the queue is full
            parked = Queueing(task, self)
            if self.pool.has_room():
                parked.try_now()
            return
        self.task = task
        if self.bell is None:
            self.queue = task.queue
            task.queue.clock.hold()
            bell = task.queue.bell
            bell.arm(self)
            self.bell = bell  # from here on the end rings
            if MICROPYTHON:
                fence()
        if self.state == ENDED:  # it ended before that
            self.answer()

    def answer(self):
        task = self.task
        first = not self.woken  # when it is given up just as it ends, both ring
        if first:
            self.woken = True
            self.queue.clock.release()
            if self.limits is not None:
                self.limits.end(self)
        if task is not None:
            if first:
                queue = task.queue
                if MICROPYTHON and queue.policy is None and task.slot < 0:
                    queue.ready.push(task)  # `arrive`, without its calls
                    return
                queue.arrive(task, False)
                task.data = self  # so that a cancel before it runs finds this
        elif not self.kept:  # its caller has gone
            self.report_late()

    def expire(self, task):
        self.expired = True
        self._leave()
        task.queue.wake(task)

    def unpark(self, task):
        parked = not self.woken
        self._leave()
        return parked

    def _leave(self):
        """The task that awaits it does so no longer."""
        self.task = None
        if self.kept:
            return
        if self.woken:
            self.report_late()
        elif not self.withdraw():
            self.cancelled = True
            self.pool.note_abandoned()
            # Its thread is at work still: a virtual time stands until it has ended.

    def withdraw(self):
        """See to it that its function is never called. False if it is too late for that."""
        if not self.claim():
            return False
        self.result = PENDING
        self.state = ENDED
        if not MICROPYTHON:
            self.context = None
        if self.bell is not None:
            self.bell.disarm(self)
            if not self.woken:
                self.woken = True
                self.queue.clock.release()
                if self.limits is not None:
                    self.limits.end(self)
        return True

    def report_late(self):
        """Nobody is left to see how it ended: say so if it was an error."""
        error, self.error = self.error, None
        if error is not None:
            self.result = PENDING
        if self.limits is not None and self.limits.drop(self, error, False):
            return
        if error is not None and not isinstance(error, (WorkerClosed, JobCancelled)):
            self.queue.call_exception_handler(
                {"message": self.describe() + " failed after its caller was cancelled", "exception": error, "future": self}
            )


if MICROPYTHON:
    # Written before the job is queued, by `options` and the like; but for `taken`, for which there is room in a table
    # of 17 (see `options.limited`): none may move when the other core reads it.
    Job.taken = Job.kept = False
    Job.limits = None

    def _awaited(job):
        """Awaits `job`. It returns the result, which costs less than to raise it."""
        nothing = result = PENDING
        if job.state != NEW or not job._submit():
            result = job.attempt()
        while result is nothing:
            yield job  # if it has ended already, `park` sees that
            if job.state == ENDED and job.error is None and job.limits is None:
                return job.result  # as `attempt`, without its call
            result = job.attempt()
        return result

    Job.__await__ = Job.__iter__ = _awaited


class Queueing(ParkedTask):
    """A task whose job waits for room in the line of its pool."""

    def __init__(self, task, job):
        self.job = job
        ParkedTask.__init__(self, task, job.pool.putters)

    def expire(self, task):
        self.job.expired = True
        self.unpark(task)
        task.queue.wake(task)
