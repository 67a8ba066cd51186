"""ThreadSafeLock: mutual exclusion between tasks and threads, so that what they share never blocks a loop.

Tasks of one loop among themselves need no more than `core.Lock`. To hold a lock is to have its one permit; a semaphore
has several. A permit goes from who releases it straight to the one who has waited longest: it is nobody else's in
between, so who comes by at the right moment can't starve the line.
"""

from ..core.errors import TimeoutError
from ..core.native import MICROPYTHON
from ..core.shared import SharedWait
from ..core.task import PENDING
from .faults import fault
from .parking import ParkedTask, Waiter, check_timeout, wait_in_thread
from .timed import TimedWait

if MICROPYTHON:
    from .permits_micropython import Permits
else:
    from .permits_cpython import Permits


class _WaitingTask(ParkedTask):
    """A task in the line of `permits`. One that is cancelled or times out after it was granted one passes it on."""

    def __init__(self, task, permits):
        self.granted = False
        ParkedTask.__init__(self, task, permits)

    def pass_on(self):
        self.notified = False  # whoever awaits the same Acquire again has nothing
        self.line.notify()


class _WaitingThread(Waiter):
    """A thread in the line of `permits`; to wait_in_thread it is the line."""

    def __init__(self, permits):
        self.rung = False
        self.bell = None
        self.granted = False
        self.permits = permits
        self.parked = None
        self.joined = False

    def attempt(self):
        return True if self.granted else PENDING

    def join(self, parked):
        self.parked = parked
        parked.bell.arm(self)
        self.bell = parked.bell
        self.permits.join(self)
        self.joined = True

    def leave(self, parked):
        return True  # `end` does it

    def answer(self):
        self.parked.notified = True

    def forked(self):
        """The thread that waits is the parent's: see parking."""
        self.end(False)

    def end(self, used):
        """The wait is over. A permit that is not used is passed on."""
        if self.bell is not None:
            if not used and not self.permits.leave(self) and (self.joined or self.granted):
                self.permits.notify()
            self.bell.disarm(self)


class Acquire(TimedWait):
    """One `await acquire()`."""

    def __init__(self, permits, timeout):
        TimedWait.__init__(self, timeout)
        self.permits = permits

    def attempt(self):
        parked = self.parked
        if parked is None:
            return True if self.permits.take() else PENDING
        if parked.notified:
            self.parked = None
            return True
        if parked.expired:
            self.parked = None
            raise TimeoutError
        return PENDING

    def park(self, task):
        self.wait_as(task, _WaitingTask(task, self.permits))


class _Done(SharedWait):
    def __init__(self, result):
        self.result = result

    def attempt(self):
        return self.result


_ACQUIRED = _Done(True)
DONE = _Done(None)  # of __aexit__: there is nothing to wait for
class Holdable:
    """What is held, by a task or a thread, and released: what a lock and a semaphore have in common."""

    def __init__(self, permits):
        self._permits = permits

    def acquire(self, timeout=None):
        """Awaitable, True: when it is the caller's, at once if it is free. TimeoutError after `timeout` seconds."""
        return Acquire(self._permits, timeout)

    def acquire_sync(self, timeout=None):
        """Block the calling thread until it is the caller's, True. TimeoutError after `timeout` seconds.

        In the thread of a running loop it succeeds if it is free, and else raises WrongContextError.
        """
        timeout = check_timeout(timeout)
        return True if self._permits.take() else self._wait_in_thread(timeout)

    def _wait_in_thread(self, timeout):
        instead = "use `await " + type(self).__name__ + ".acquire()` or `async with`"
        waiting = _WaitingThread(self._permits)
        used = False
        try:
            wait_in_thread(waiting, waiting.attempt, timeout, instead)
            used = True
            return True
        finally:
            waiting.end(used)

    def acquire_nowait(self):
        """True if it was free: now it is the caller's. Never blocks; any context, hard ISR included."""
        return self._permits.take()

    def release(self):
        """Give it to the one who has waited longest, if any."""
        raise NotImplementedError

    def __enter__(self):
        return self._permits.take() or self.acquire_sync()

    def __exit__(self, exc_type, exc, tb):
        self.release()

    def __aenter__(self):
        return _ACQUIRED if self._permits.take() else Acquire(self._permits, None)

    def __aexit__(self, exc_type, exc, tb):
        self.release()
        return DONE


class ThreadSafeLock(Holdable):
    """A lock for tasks of any loop, threads and the second core, handed over in order of arrival. Not recursive.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `await acquire(timeout=None)`, `async with` | tasks of any loop | the task; TimeoutError | `acquire`, and to wait |
    | `acquire_sync(timeout=None)`, `with` | threads, a core without a loop | the thread; TimeoutError | to wait |
    | `acquire_nowait()`, `release()`, `locked()` | any context, hard ISR and signal handler included | never | nothing |

    `release` hands it to the one who has waited longest: it stays locked, and nobody who comes by can take it. A wait
    that is cancelled or times out takes nothing, and passes on the lock if it was handed it meanwhile. There is no
    owner: any context may release, but only what is locked, else RuntimeError. It belongs to no loop, and can be made
    before any runs. A loop that stops for good is to be closed, which ends its tasks' waits: one that stays in the
    line keeps the lock that it is handed.

    In the thread of a running loop `acquire_sync` and `with` succeed if it is free, and else raise WrongContextError:
    a task that waits there would stop the loop, perhaps also the holder. Nothing should be awaited inside `with`.
    On CPython what a signal handler raises (Ctrl-C does) ends a wait and harms nobody; between two steps of a method it
    can leave the lock locked, as with any lock that is written in Python.
    """

    def __init__(self):
        self._permits = Permits(1, True)

    def locked(self):
        """True while somebody holds it, or has been handed it."""
        return self._permits.free() == 0

    def release(self):
        """Hand it to the one who has waited longest, else unlock it. RuntimeError if it is not locked."""
        if not self._permits.notify():
            raise fault(RuntimeError, "the lock is not locked")
