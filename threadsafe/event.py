"""ThreadSafeEvent: set in any context, awaited by any number of tasks and threads."""

from ..core.errors import check_timeout
from ..core.native import MICROPYTHON, fence
from ..core.operation import PENDING, Operation, accelerate
from . import parking
from .parking import ParkedTask, wait_in_thread


class ReleasedTask(ParkedTask):
    """A task that waits for a signal to all: a notification is its own, and nobody misses one that it leaves unused."""

    def pass_on(self):
        pass


class Signal:
    """Something that happens, and everybody who waits for it goes on: what an event and a message have in common."""

    def __init__(self):
        self._line = parking.WaitLine()

    def is_set(self):
        raise NotImplementedError

    def value(self):
        """What a wait returns."""
        raise NotImplementedError

    def wait(self):
        """Awaitable: until set. Waiting when it is set does not yield."""
        return SignalWait(self)

    def wait_sync(self, timeout=None):
        """Block the calling thread until set; TimeoutError after `timeout` seconds. Not for tasks or ISRs."""
        timeout = check_timeout(timeout)
        wait = SignalWait(self)
        result = wait.attempt()
        if result is not PENDING:
            return result
        instead = "use `await " + type(self).__name__ + ".wait()`"
        return wait_in_thread(self._line, wait.attempt, timeout, instead, self.value)


class SignalWait(Operation):
    """One wait for a signal. A task that was notified goes on even if the signal is cleared by then."""

    def __init__(self, signal):
        self.rung = False
        self.signal = signal
        self.parked = None

    def attempt(self):
        parked = self.parked
        if self.signal.is_set() or (parked is not None and parked.notified):
            return self.signal.value()
        return PENDING

    def park(self, task):
        parked = self.parked = ReleasedTask(task, self.signal._line)
        if self.signal.is_set():
            parked.try_now()
            parked.notified = True  # whoever set it may not find it in the line any more, and clear it before it runs


accelerate(SignalWait)


class ThreadSafeEvent(Signal):
    """An event that any context can set and any number of tasks (of any loop) and threads can wait for.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `set()`, `clear()`, `is_set()` | any context, hard ISR and signal handler included | never | nothing |
    | `await wait()` | tasks of any loop | the task | to wait |
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
