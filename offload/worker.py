"""Worker: a thread, or the RP2's second core, that makes blocking calls for tasks; Pool: several of them.

For the odd call use `unblock`. A Worker makes its calls one after another on the same thread, in the order in which
they were awaited: for what has thread affinity, such as a sqlite connection, or a device.
"""

import sys
import time
from _thread import allocate_lock, stack_size, start_new_thread

from ..core.errors import QueueClosed, TimeoutError, check_timeout, describe
from ..core.wait_for import wait_for
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.queue import ThreadSafeQueue
from .job import Job, WorkerClosed

RP2 = sys.platform == "rp2"
CORE1_STACK = 8192  # bytes; the port's default of 4096 is used up by a few nested calls

_count = 0


class Pool:
    """Up to `size` threads that make blocking calls for tasks; a thread starts when it is first needed.

    | method | who may call | blocks |
    |---|---|---|
    | `assign(func, *args, **kwargs)` | tasks | no; the awaiting task until the call returns |
    | `close(timeout)` | tasks | no; the awaiting task until the threads have ended |

    Jobs start in the order in which they were queued, up to `qsize` of them. While the queue is full more tasks wait
    their turn; one that comes at the right moment may be served before one that is being woken.
    What a job raises, SystemExit included, is raised to its task, with its traceback; the thread goes on.
    """

    def __init__(self, size, name=None, qsize=1024, stack_size=0):
        if size < 1:
            raise ValueError("a pool has 1 thread or more, not " + str(size))
        self.queue = ThreadSafeQueue(qsize)
        self.name = _name(self, name)
        self.size = size
        self.running = []  # the job that each thread runs now, or None; a thread writes its own slot only
        self.stack_size = stack_size
        self.on_loan = False  # made by `unblock`, to be replaced by a Worker that the program makes
        self._alive = 0
        self._lock = allocate_lock()  # guards `_alive` and the length of `running`; held for a few lines
        self._ended = ThreadSafeEvent()

    def assign(self, func, *args, **kwargs):
        """Awaitable: the result of `func(*args, **kwargs)`, called on a thread of this pool."""
        if not callable(func):
            raise TypeError(
                "a function and its arguments are expected, not " + describe(func)
                + "; write assign(func, arg), without calling func"
            )
        return Job(self, func, args, kwargs)

    def submit(self, job):
        """Queue `job` and see to a thread for it. False if the queue is full; QueueClosed. Called by Job."""
        queue = self.queue
        if self._alive < self.size and not queue.getters.any() and not queue.closed():
            self._start_thread()
        return queue.try_put(job)

    def close(self, timeout=None):
        """Take no more jobs, at once; awaitable: until those queued are done and the threads have ended.

        After `timeout` seconds what still waits or runs is given up: its tasks get WorkerClosed, and TimeoutError,
        raised here, names what is stuck. Its thread can't be stopped; it does not keep the process alive.
        """
        timeout = check_timeout(timeout)
        self.queue.close()
        return self._closing(timeout)

    async def _closing(self, timeout):
        if self._alive == 0:
            return
        try:
            await wait_for(self._ended.wait(), timeout)
        except TimeoutError:
            stuck = [job for job in self.running if job is not None]
            self._give_up(stuck)
            raise TimeoutError(
                self.name + " is still running " + ", ".join([job.describe() for job in stuck])
                + " after " + str(timeout) + " s"
            ) from None

    def _give_up(self, stuck):
        gone = WorkerClosed(self.name + " was closed before this job could end")
        try:
            while True:
                self.queue.get_sync().fail(gone)
        except (IndexError, QueueClosed):
            pass
        for job in stuck:
            job.fail(gone)

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, tb):
        await self.close()

    def _start_thread(self):
        with self._lock:
            slot = len(self.running)
            if slot == self.size:
                return
            self.running.append(None)
            self._alive += 1
        ticket = [slot]
        try:
            _start(self, ticket)
        except BaseException:
            # Ctrl-C can come when the thread has started already: it or this takes the ticket, not both.
            if self._take(ticket) is not None:
                with self._lock:
                    self.running.pop()
                self._retire()
            raise

    def _take(self, ticket):
        """The slot on `ticket`, for the first who asks; then None."""
        with self._lock:
            return ticket.pop() if ticket else None

    def _retire(self):
        """A thread has ended, or will never start."""
        with self._lock:
            self._alive -= 1
            last = self._alive == 0 and self.queue.closed()
        if last:
            self._ended.set()

    def _serve(self, ticket):
        """What each thread does."""
        slot = self._take(ticket)
        if slot is None:
            return
        queue = self.queue
        running = self.running
        try:
            while True:
                job = queue.get_sync(True)
                running[slot] = job
                job.run()
                running[slot] = job = None
        except QueueClosed:
            pass
        finally:
            self._retire()


class Worker(Pool):
    """A Pool of one thread, or the second core, which starts at once. See Pool.

    On RP2 there is one second core: RuntimeError if something else uses it.
    """

    def __init__(self, name=None, qsize=10, stack_size=0):
        Pool.__init__(self, 1, name, qsize, stack_size)
        self._start_thread()


def Context(qsize=10):
    """A Worker under the name and with the argument that micropython-async gives it."""
    return Worker(qsize=qsize)


def _name(pool, name):
    global _count
    if name is None:
        _count += 1
        name = type(pool).__name__ + "-" + str(_count)
    return name


def _start(pool, ticket):
    """Run `pool._serve(ticket)` on a new thread."""
    size = pool.stack_size
    if sys.implementation.name == "cpython":
        import threading

        if size:
            stack_size(size)
        try:
            threading.Thread(target=pool._serve, args=(ticket,), name=pool.name, daemon=True).start()
        finally:
            if size:
                stack_size(0)
    elif RP2:
        _start_core1(pool, ticket)
    else:
        stack_size(size)
        start_new_thread(pool._serve, (ticket,))
        stack_size(0)


_core1 = None  # the pool that has the RP2's second core


def core1_pool():
    """RP2: the pool that has core 1 and takes jobs, or None."""
    return None if _core1 is None or _core1.queue.closed() else _core1


def _start_core1(pool, ticket):
    global _core1
    if _core1 is not None and _core1.on_loan and not _core1.queue.closed():
        _core1.queue.close()  # made by `unblock` for want of a Worker; here is one, which it will use
    stack_size(pool.stack_size or CORE1_STACK)
    try:
        for _ in range(100):
            try:
                start_new_thread(pool._serve, (ticket,))
                _core1 = pool
                return
            except OSError:  # it is in use, or what used it has not quite ended
                time.sleep_ms(1)
        raise RuntimeError("core 1 is in use, and there is only one: end the thread or close the Worker that has it")
    finally:
        stack_size(0)
