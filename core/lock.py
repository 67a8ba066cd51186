"""Lock: one task at a time. For tasks of one loop; threadsafe has what threads share."""

from .context import check_context
from .native import COMPILED
from .task import PENDING, Wait
from .waitlist import WaitList


class Lock(WaitList):
    """A mutual exclusion lock, handed over to waiters in order of arrival. Not recursive.

    `async with lock:` or `await lock.acquire()` and `lock.release()`. A task cancelled while it waits leaves the line;
    cancelled just after it was handed the lock, it passes it on.
    """

    def __init__(self):
        self.waiters = None
        self.state = False  # True: locked; a task: handed to that, which has not run yet
        self.fresh = False  # between __await__ and the first step
        self.queue = None

    def locked(self):
        """True while a task holds it, or has just been handed it."""
        return self.state is not False

    def acquire(self):
        """Awaitable, True: until the lock is the caller's. Does not yield if it is free."""
        return self

    def release(self):
        """Give it to the task that has waited longest, if any. RuntimeError if it is not locked."""
        check_context(self.queue, "Lock.release()")
        if self.state is not True:
            raise RuntimeError("Lock not acquired")
        self._pass_on()

    def _pass_on(self):
        if self.waiters:
            task = self.waiters.pop(0)
            self.state = task
            task.queue.wake(task)
            task.data = self  # so that a cancel finds this lock
        else:
            self.state = False

    def park(self, task):
        WaitList.park(self, task)
        self.queue = task.queue

    def unpark(self, task):
        if task is self.state:
            self._pass_on()
            return False
        self.waiters.remove(task)
        return True

    def __await__(self):
        self.fresh = True
        return self

    def __iter__(self):
        self.fresh = True
        return self

    def attempt(self):
        if self.fresh:
            self.fresh = False
            if self.state is not False:
                return PENDING
        self.state = True
        return True

    def __aenter__(self):
        return self

    def __aexit__(self, exc_type, exc, tb):
        self.release()
        return _DONE


class _Done(Wait):
    """Awaitable that is done: `async with` wants one from __aexit__, and there is nothing to wait for."""

    def attempt(self):
        return None


_DONE = _Done()


if COMPILED:
    from .awaiting import quicken

    quicken(Lock)
