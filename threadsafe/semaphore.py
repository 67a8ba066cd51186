"""ThreadSafeSemaphore: so many at a time, tasks and threads alike."""

from .faults import fault
from .lock import Holdable, Permits


class ThreadSafeSemaphore(Holdable):
    """Lets `value` tasks and threads hold it at a time, or more, as `release` is called more often.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `await acquire(timeout=None)`, `async with` | tasks of any loop | the task; TimeoutError | `acquire`, and to wait |
    | `acquire_sync(timeout=None)`, `with` | threads, a core without a loop | the thread; TimeoutError | to wait |
    | `acquire_nowait()`, `release(n=1)`, `value()`, `locked()` | any context, hard ISR and signal handler included | never | nothing |

    First come, first served: what is released is handed to those who have waited longest, and nobody can take it from
    them. A wait that is cancelled or times out takes nothing, and passes on what it was handed meanwhile. There is no
    owner: any context may release. It belongs to no loop. A loop that stops for good is to be closed, which ends its
    tasks' waits: one that stays in the line keeps what it is handed.

    In the thread of a running loop `acquire_sync` and `with` succeed if it is free, and else raise WrongContextError.
    On CPython what a signal handler raises (Ctrl-C does) ends a wait and harms nobody; between two steps of a method,
    waiting or not, it can cost a permit.
    """

    def __init__(self, value=1):
        if not isinstance(value, int) or value < 0:
            raise ValueError("a semaphore begins with 0 or more, not " + repr(value))
        self._permits = Permits(value, False)

    def value(self):
        """How many more may acquire it now."""
        return self._permits.free()

    def locked(self):
        """True if `acquire` would wait."""
        return self._permits.free() == 0

    def release(self, n=1):
        """Let `n` more in, first those who wait. ValueError if `n` is less than 1, or (bounded) more than are held."""
        permits = self._permits
        if not isinstance(n, int) or n < 1:  # what is no whole number would never come down to 0
            raise fault(ValueError, "release 1 or more, a whole number")
        if not permits.enough(n):
            raise fault(ValueError, "released more often than acquired")
        while n:
            n -= 1
            if not permits.notify():
                raise fault(ValueError, "released more often than acquired")


class ThreadSafeBoundedSemaphore(ThreadSafeSemaphore):
    """A ThreadSafeSemaphore that can't be released more often than acquired: ValueError, and nothing is changed."""

    def __init__(self, value=1):
        if not isinstance(value, int) or value < 1:
            raise ValueError("a bounded semaphore begins with 1 or more, not " + repr(value))
        self._permits = Permits(value, True)
