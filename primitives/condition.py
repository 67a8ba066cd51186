"""Condition: tasks wait until another task says that something has changed. For tasks of one loop.

    async with condition:
        await condition.wait_for(lambda: len(stock) > 0)
"""

from ..core.context import check_context
from ..core.lock import Lock
from ..core.task import PENDING, Wait
from .semaphore import DONE


class Condition:
    """A lock, and a line of tasks that wait to be notified, in order of arrival.

    `lock`: a Lock of twincore.core, one of its own by default. `async with condition:`, or upstream's spelling `with
    await condition:`. Without the lock `wait` and `notify` raise RuntimeError; `notify` by another context than the
    loop's: WrongContextError. A task that is cancelled while it waits has the lock again when CancelledError is raised
    in it; a notification that it had got already goes to the next.
    """

    def __init__(self, lock=None):
        if lock is None:
            lock = Lock()
        elif not isinstance(lock, Lock):
            raise TypeError("the lock of a condition is a Lock of twincore.core, not " + repr(lock))
        self._lock = lock
        self._turns = None  # of those who wait to be notified, once somebody does

    def locked(self):
        """Whether a task holds the lock."""
        return self._lock.locked()

    def acquire(self):
        """Awaitable, True: until the lock is the caller's."""
        return self._lock.acquire()

    def release(self):
        """Give the lock to the next. RuntimeError if it is not locked."""
        self._lock.release()

    async def wait(self):
        """Release the lock, wait to be notified, take the lock again. Returns True. RuntimeError without the lock."""
        self._check("wait for")
        if self._turns:
            check_context(self._turns[0].task.queue, "Condition.wait()")
        turn = _Turn(self)
        try:
            await turn
        except GeneratorExit:  # its task is dropped: there is nothing more to await
            raise
        except BaseException:
            cancelled = None
            while not turn.owns:
                try:
                    await self._lock.acquire()
                    turn.owns = True
                except BaseException as exc:  # cancelled again: the caller's `async with` wants the lock all the same
                    cancelled = exc
            if turn.notified:
                self._notify(1)
            if cancelled is not None:
                raise cancelled from None
            raise
        return True

    async def wait_for(self, predicate):
        """Wait until `predicate()` is true, asked now and after each notification; returns what it returned."""
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        """Let the first `n` that wait go on, one by one as they get the lock. RuntimeError without the lock."""
        self._check_notify()
        if not isinstance(n, int):
            raise TypeError("so many are notified, a whole number, not " + repr(n))
        self._notify(n)

    def notify_all(self):
        """Let all that wait now go on."""
        self._check_notify()
        if self._turns:
            self._notify(len(self._turns))

    def _check(self, what):
        if not self._lock.locked():
            raise RuntimeError("acquire the lock first to " + what + " a condition: `async with condition:`")

    def _check_notify(self):
        check_context(self._turns[0].task.queue if self._turns else None, "Condition.notify()")
        self._check("notify")

    def _notify(self, n):
        """Have the first `n` wait for the lock instead: each is woken once, when the lock is its own."""
        turns = self._turns
        while n > 0 and turns:
            n -= 1
            turn = turns.pop(0)
            turn.notified = True
            turn.task.data = self._lock  # where a cancel finds it from here on
            self._lock.park(turn.task)

    def __aenter__(self):
        return self._lock.acquire()

    def __aexit__(self, exc_type, exc, tb):
        self._lock.release()
        return DONE

    async def _enter(self):
        await self._lock.acquire()
        return self

    def __await__(self):
        return self._enter().__await__()

    def __iter__(self):  # MicroPython awaits by it
        yield from self._lock.acquire()
        return self

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc, tb):
        self._lock.release()


class _Turn(Wait):
    """One wait: first in the line, then for the lock."""

    def __init__(self, condition):
        self._condition = condition
        self.task = None
        self.notified = False
        self.owns = False  # the lock, again

    def attempt(self):
        if self.task is None:
            return PENDING
        self._condition._lock.attempt()  # the hand-over is complete
        self.owns = True
        return None

    def park(self, task):
        self.task = task
        condition = self._condition
        if condition._turns is None:
            condition._turns = []
        condition._turns.append(self)
        condition._lock.release()

    def unpark(self, task):
        self._condition._turns.remove(self)
        return True
