"""ThreadSafeCondition: tasks and threads wait until what a lock guards has changed."""

from ..core.errors import TimeoutError
from ..core.native import Clock, ident
from ..core.shared import SharedWait
from ..core.task import PENDING
from ..core.times import CLOCK_HZ, units
from . import parking
from .lock import DONE, ThreadSafeLock
from .parking import ParkedTask, check_timeout, wait_in_thread

_HINT = "use `await ThreadSafeCondition.wait()`"


class _WaitingTask(ParkedTask):
    """A task that waits to be notified."""

    def __init__(self, task, condition):
        self.condition = condition
        self.round = condition._round
        ParkedTask.__init__(self, task, condition._line)

    def pass_on(self):
        self.condition._pass_on(self.round)


class _Wait(SharedWait):
    """What a task awaits in `wait`: releases the lock as it is parked. Keeps the deadline from one wait to the next."""

    def __init__(self, condition, timeout):
        timeout = check_timeout(timeout)
        self.condition = condition
        self.delay = -1 if timeout is None else units(timeout)
        self.deadline = -1
        self.begin()

    def begin(self):
        """Before each wait."""
        self.parked = None
        self.round = 0
        self.released = False

    def attempt(self):
        parked = self.parked
        if parked is not None:
            if parked.notified:
                return True
            if parked.expired:
                raise TimeoutError
        return PENDING

    def park(self, task):
        condition = self.condition
        self.round = condition._round
        parked = self.parked = _WaitingTask(task, condition)
        try:
            condition._lock.release()
        except RuntimeError:  # somebody else has released it meanwhile
            parked.unpark(task)
            task.data = None
            raise
        self.released = True
        if self.delay >= 0:
            queue = task.queue
            if self.deadline < 0:
                self.deadline = queue.clock.now() + self.delay
            queue.timers.push(task, self.deadline)


class _ThreadWait:
    """What a thread waits with in `wait_sync`: to wait_in_thread it is the line. Releases the lock as it joins it."""

    def __init__(self, condition):
        self.condition = condition
        self.parked = None
        self.round = condition._round
        self.released = False

    def attempt(self):
        parked = self.parked
        return True if parked is not None and parked.notified else PENDING

    def join(self, parked):
        condition = self.condition
        self.parked = parked
        condition._line.join(parked)
        if not self.released:
            try:
                condition._lock.release()
            except RuntimeError:
                condition._line.leave(parked)
                parked.bell.disarm(parked)
                raise
            self.released = True

    def leave(self, parked):
        return self.condition._line.leave(parked)

    def notify(self):
        """It was notified, and gave up."""
        self.condition._pass_on(self.round)


class ThreadSafeCondition:
    """A condition variable for tasks of any loop, threads and the second core; `lock` is a ThreadSafeLock, or its own.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `await wait(timeout=None)`, `await wait_for(predicate, timeout=None)` | tasks of any loop | the task; TimeoutError | yes |
    | `wait_sync(timeout=None)`, `wait_for_sync(predicate, timeout=None)` | threads, a core without a loop | the thread; TimeoutError | yes |
    | `notify(n=1)`, `notify_all()` | any context that holds the lock | never | nothing |
    | `acquire`, `acquire_sync`, `acquire_nowait`, `release`, `locked`, `async with`, `with` | as of the lock | | |

    All but the last line are for who holds the lock, else RuntimeError (that it is locked is checked, not by whom). A
    wait releases it, and holds it again when it returns or raises, also when cancelled; for that it waits as long as it
    takes, over its timeout, and what interrupts it then is raised when it has the lock. The one exception is a task
    that is cut off as its loop is closed: it can't wait any more, and `async with condition` (not of the lock itself)
    then does not release.

    Who waits is notified in order of arrival. A wait that is cancelled or times out after `notify` chose it passes that
    on, perhaps to one that came later: so look at what you wait for in a loop, as `wait_for` does. `notify_all` wakes
    those who wait then, and nobody else. In the thread of a running loop `wait_sync` raises WrongContextError.
    """

    def __init__(self, lock=None):
        if not (lock is None or isinstance(lock, ThreadSafeLock)):
            raise TypeError("a condition is made of a ThreadSafeLock, or makes its own; not of " + repr(lock))
        self._lock = ThreadSafeLock() if lock is None else lock
        self._line = parking.WaitLine()
        self._round = 0  # of notify_all; written by who holds the lock
        self._cut_off = 0  # the thread in which a coroutine is being closed that should hold the lock, and does not

    async def wait(self, timeout=None):
        """Release the lock, wait until notified, hold it again; True. TimeoutError after `timeout` seconds."""
        await self._wait(_Wait(self, timeout))
        return True

    async def wait_for(self, predicate, timeout=None):
        """`wait` until `predicate()` is true, and return what it gave; it is called with the lock held.

        TimeoutError if it was not true `timeout` seconds after the first wait began, nor when the lock is held again.
        """
        waiting = _Wait(self, timeout)
        self._check("wait_for()")
        result = predicate()
        while not result:
            try:
                await self._wait(waiting)
            except TimeoutError:
                result = predicate()
                if not result:
                    raise
                return result
            result = predicate()
        return result

    def wait_sync(self, timeout=None):
        """As `wait`, for threads: blocks the calling one."""
        self._wait_in_thread(check_timeout(timeout))
        return True

    def wait_for_sync(self, predicate, timeout=None):
        """As `wait_for`, for threads: blocks the calling one."""
        timeout = check_timeout(timeout)
        self._check("wait_for_sync()")
        clock = Clock()
        deadline = -1 if timeout is None else clock.now() + units(timeout)
        result = predicate()
        while not result:
            if deadline >= 0:
                timeout = (max(0, deadline - clock.now()) + 0.5) / CLOCK_HZ  # half a unit: it will be rounded down
            try:
                self._wait_in_thread(timeout)
            except TimeoutError:
                result = predicate()
                if not result:
                    raise
                return result
            result = predicate()
        return result

    def notify(self, n=1):
        """Wake the `n` who have waited longest, or as many as wait. They go on one by one, as they get the lock."""
        self._check("notify()")
        line = self._line
        while n > 0 and line.any():
            n -= 1
            line.notify()

    def notify_all(self):
        """Wake all who wait now."""
        self._check("notify_all()")
        self._round = (self._round + 1) & 0x3FFFFFFF  # stays a small integer
        self._line.notify_all()

    def acquire(self, timeout=None):
        """Awaitable, True: when the lock is the caller's. See ThreadSafeLock."""
        return self._lock.acquire(timeout)

    def acquire_sync(self, timeout=None):
        """Block the calling thread until the lock is its own. See ThreadSafeLock."""
        return self._lock.acquire_sync(timeout)

    def acquire_nowait(self):
        """True if the lock was free: now it is the caller's."""
        return self._lock.acquire_nowait()

    def release(self):
        """Release the lock."""
        self._lock.release()

    def locked(self):
        """Whether the lock is locked."""
        return self._lock.locked()

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, exc_type, exc, tb):
        self._lock.release()

    def __aenter__(self):
        return self._lock.__aenter__()

    def __aexit__(self, exc_type, exc, tb):
        if self._cut_off and isinstance(exc, GeneratorExit) and self._cut_off == ident():
            self._cut_off = 0  # the wait in this block ended without the lock
        else:
            self._lock.release()
        return DONE

    def _check(self, what):
        if not self._lock.locked():
            raise RuntimeError(what + " is for who holds the lock of the condition: acquire it first")

    def _pass_on(self, round):
        # If there was a notify_all since it joined, those who waited with it were all woken: who waits now came later.
        if round == self._round:
            self._line.notify()

    async def _wait(self, waiting):
        self._check("wait()")
        waiting.begin()
        raised = None
        try:
            await waiting
        except BaseException as error:
            if not waiting.released:
                raise
            raised = error
        while True:  # the lock again, whatever comes
            if isinstance(raised, GeneratorExit):
                if not self._lock.acquire_nowait():
                    self._cut_off = ident()
                break  # it may not await any more
            try:
                await self._lock.acquire()
                break
            except MemoryError:
                raise
            except BaseException as error:  # cancelled, by twincore or by asyncio
                if raised is None:
                    self._pass_on(waiting.round)
                raised = error
        if raised is not None:
            try:
                raise raised
            finally:
                raised = None  # the traceback holds this frame: no cycle

    def _wait_in_thread(self, timeout):
        self._check("wait_sync()")
        waiting = _ThreadWait(self)
        raised = None
        try:
            wait_in_thread(waiting, waiting.attempt, timeout, _HINT)
        except BaseException as error:
            if not waiting.released:
                raise
            raised = error
        while True:
            try:
                self._lock.acquire_sync()
                break
            except MemoryError:
                raise
            except BaseException as error:  # what a signal handler raised
                if raised is None:
                    self._pass_on(waiting.round)
                raised = error
        if raised is not None:
            try:
                raise raised
            finally:
                raised = None
