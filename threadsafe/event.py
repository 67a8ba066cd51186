"""ThreadSafeEvent: set in any context, awaited by any number of tasks and threads."""

from ..core.errors import TimeoutError
from ..core.native import MICROPYTHON, fence
from ..core.task import PENDING
from . import parking
from .parking import ParkedTask, check_timeout, wait_in_thread
from .timed import TimedWait


class ReleasedTask(ParkedTask):
    """A task that waits for a signal to all: a notification is its own, and nobody misses one that it leaves unused."""

    def pass_on(self):
        pass


class Signal:
    """Something that happens, and everybody who waits for it goes on: what an event and a message have in common."""

    await_instead = None  # what a thread that runs a loop is told to await; None: wait()

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self):
        self._line = parking.WaitLine()

    def is_set(self):
        raise NotImplementedError

    def value(self):
        """What a wait returns."""
        raise NotImplementedError

    def wait(self, timeout=None):
        """Awaitable: until set; TimeoutError after `timeout` seconds. Waiting when it is set does not yield."""
        return SignalWait(self, timeout)

    def wait_sync(self, timeout=None):
        """Block the calling thread until set; TimeoutError after `timeout` seconds. Not for tasks or ISRs."""
        timeout = check_timeout(timeout)
        wait = SignalWait(self, None)
        result = wait.attempt()
        if result is not PENDING:
            return result
        instead = self.await_instead or type(self).__name__ + ".wait()"
        return wait_in_thread(self._line, wait.attempt, timeout, "use `await " + instead + "`", self.value)


class SignalWait(TimedWait):
    """One wait for a signal. A task that was notified goes on even if the signal is cleared by then."""

    def __init__(self, signal, timeout):
        TimedWait.__init__(self, timeout)
        self.signal = signal

    def attempt(self):
        parked = self.parked
        if self.signal.is_set() or (parked is not None and parked.notified):
            return self.signal.value()
        if self.late():
            raise TimeoutError
        return PENDING

    def park(self, task):
        parked = self.wait_as(task, ReleasedTask(task, self.signal._line))
        if self.signal.is_set():
            parked.try_now()
            parked.notified = True  # whoever set it may not find it in the line any more, and clear it before it runs


class ThreadSafeEvent(Signal):
    """An event that any context can set and any number of tasks (of any loop) and threads can wait for.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `set()`, `clear()`, `is_set()` | any context, hard ISR and signal handler included | never | nothing |
    | `await wait(timeout=None)` | tasks of any loop, asyncio's too | the task; TimeoutError | to wait |
    | `wait_sync(timeout=None)` | threads, a core without a loop | the thread; TimeoutError | to wait |

    `is_set` is true from the moment of `set`; a wait on a set event returns at once. Not self-clearing. `set` wakes all
    who wait, in order of arrival, and `set(); clear()` lets go exactly those. A cancelled wait concerns nobody else.
    """

    def __init__(self):
        self._line = parking.WaitLine()
        self._state = False

    def set(self):
        """Let everybody who waits go on, and every later wait pass."""
        self._state = True
        if MICROPYTHON:
            fence()  # before the look at the line: who joins it looks at the state after that
        if self._line.any():
            self._line.notify_all()

    def clear(self):
        """Make later waits wait."""
        self._state = False

    def is_set(self):
        return self._state

    def value(self):
        return True
