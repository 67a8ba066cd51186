"""Message: the latest value, from any context to any number of tasks and threads.

A later `set` overwrites a value that nobody has read yet: use a ThreadSafeQueue where each one counts.
"""

from ..core.native import MICROPYTHON
from ..core.operation import PENDING, Operation, accelerate
from . import parking
from .event import ReleasedTask, Signal

if MICROPYTHON:
    from .critical import enter, leave


class Message(Signal):
    """A value and an event, published as one.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `set(data=None)`, `clear()`, `is_set()`, `value()` | any context, hard ISR and signal handler included | never | nothing |
    | `await message`, `await wait()` | tasks of any loop | the task | to wait |
    | `async for data in message` | tasks of any loop | the task | to wait |
    | `wait_sync(timeout=None)` | threads, a core without a loop | the thread; TimeoutError | to wait |

    A wait returns the value: at once while the message is set, and it stays set until somebody calls `clear`. Waiters
    are woken in order of arrival. `async for` gives each value once, whether or not anybody clears, but skips those
    that were overwritten before it came round. A value and that it is new
    are published as one: a reader never sees halves of two.
    """

    def __init__(self):
        self._line = parking.WaitLine()
        self._published = [False, None]  # set or not, and the value: one store publishes both
        self._number = 0  # of the latest value. On MicroPython, where a list would be an allocation, under `critical`
        self._state = False
        self._data = None

    def set(self, data=None):
        """Publish `data` and wake everybody who waits."""
        if MICROPYTHON:
            state = enter()
            self._data = data
            self._state = True
            self._number = (self._number + 1) & 0x3FFFFFFF  # stays a small integer
            leave(state)
        else:
            self._published = [True, data]
        if self._line.any():
            self._line.notify_all()

    def clear(self):
        """Make later waits wait. The value stays readable."""
        if MICROPYTHON:
            self._state = False
        else:
            self._published[0] = False  # of the value seen here: one that is set meanwhile stays set

    def is_set(self):
        """True from `set` to `clear`."""
        return self._state if MICROPYTHON else self._published[0]

    def value(self):
        """The latest value, None before the first."""
        return self._data if MICROPYTHON else self._published[1]

    def published(self):
        """(mark of the latest `set`, whether it is set, its value), of one moment. No two marks are the same object."""
        if MICROPYTHON:
            state = enter()
            try:
                number, is_set, data = self._number, self._state, self._data
            finally:
                leave(state)
            return number, is_set, data
        published = self._published
        return published, published[0], published[1]

    def __await__(self):
        return self.wait().__await__()

    __iter__ = __await__

    def __aiter__(self):
        return MessageReader(self)


class MessageReader(Operation):
    """`async for` over a message: remembers which value it gave last."""

    def __init__(self, message):
        self.rung = False
        self.message = message
        mark, is_set, _ = message.published()
        self.seen = None if is_set else mark

    def attempt(self):
        mark, _, data = self.message.published()
        if mark is self.seen:
            return PENDING
        self.seen = mark
        return data

    def park(self, task):
        parked = ReleasedTask(task, self.message._line)
        if self.message.published()[0] is not self.seen:
            parked.try_now()

    def __aiter__(self):
        return self

    def __anext__(self):
        return self


accelerate(MessageReader)
