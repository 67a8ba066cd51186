"""Semaphore and BoundedSemaphore, for tasks of one loop; threadsafe has what threads share.

    async with semaphore:  # at most so many tasks at a time
        ...
"""

from ..core.native import COMPILED
from ..core.task import PENDING, Wait
from .handing import HandingLine


class Semaphore(HandingLine):
    """So many permits, handed to tasks in order of arrival.

    A permit that is released goes to the task that has waited longest: nobody overtakes. A task that is cancelled while
    it waits leaves the line; cancelled just after it was handed a permit, it passes it on. ValueError for a `value`
    below 0 or of no whole number. `release` by another context than the loop's: WrongContextError.
    """

    def __init__(self, value=1):
        if not isinstance(value, int) or value < 0:
            raise ValueError("a semaphore has 0 permits or more, a whole number, not " + repr(value))
        self.waiters = None
        self.fresh = False
        self.queue = None
        self._value = value

    def locked(self):
        """Whether a task would have to wait for a permit now."""
        return self._value == 0

    def acquire(self):
        """Awaitable, True: until a permit is the caller's. Does not yield if there is one."""
        return self

    def release(self):
        """Give a permit back: to the task that has waited longest, if any."""
        self.check("Semaphore.release()")
        if not self.hand():
            self._value += 1

    def hand_back(self):
        if not self.hand():
            self._value += 1

    def attempt(self):
        if self.fresh:
            self.fresh = False
            if not self._value:
                return PENDING
            self._value -= 1
        return True

    def __aenter__(self):
        return _Enter(self)

    def __aexit__(self, exc_type, exc, tb):
        self.release()
        return DONE


class BoundedSemaphore(Semaphore):
    """A Semaphore that refuses to be released more often than it was acquired: ValueError."""

    def __init__(self, value=1):
        Semaphore.__init__(self, value)
        self._bound = value

    def release(self):
        if self._value >= self._bound:
            raise ValueError("BoundedSemaphore released too many times")
        Semaphore.release(self)


class _Enter(Wait):
    """What `async with` awaits: as `acquire`, with the semaphore itself as its result."""

    def __init__(self, semaphore):
        self._semaphore = semaphore
        self._begun = False

    def attempt(self):
        semaphore = self._semaphore
        if not self._begun:
            self._begun = semaphore.fresh = True
        return PENDING if semaphore.attempt() is PENDING else semaphore

    def park(self, task):
        task.data = self._semaphore
        self._semaphore.park(task)


class _Done(Wait):
    """Awaitable that is done, of `__aexit__`: there is nothing to wait for."""

    def attempt(self):
        return None


DONE = _Done()


if COMPILED:
    from ..core.awaiting import quicken

    quicken(HandingLine)
    quicken(Semaphore)
    quicken(BoundedSemaphore)
