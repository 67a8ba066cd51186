"""Message: the latest value, from any context to any number of tasks and threads.

A later `set` overwrites a value that nobody has read yet: use a ThreadSafeQueue where each one counts.
"""

from ..core.native import COMPILED, MICROPYTHON
from ..core.shared import SharedWait, fair
from ..core.task import PENDING
from . import parking
from .event import ReleasedTask, Signal

if MICROPYTHON:
    from .critical import enter, leave

    WRAP = 0x1FFFFFFF  # stays a small integer
else:
    from collections import deque
    from itertools import count

    WRAP = 0x7FFFFFFFFFFFFFFF


class Message(Signal):
    """A value and an event, published as one.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `set(data=None)`, `clear()`, `is_set()`, `value()` | any context, hard ISR and signal handler included | never | nothing |
    | `await message`, `await wait(timeout=None)` | tasks of any loop, asyncio's too | the task; TimeoutError | to wait |
    | `async for data in message` | tasks of any loop, asyncio's too | the task | to wait |
    | `async for data in message.reader()` | tasks of any loop, asyncio's too | the task | to wait |
    | `wait_sync(timeout=None)` | threads, a core without a loop | the thread; TimeoutError | to wait |
    | `sequence` | any context | never | nothing |

    A wait returns the value: at once while the message is set, and it stays set until somebody calls `clear`. Waiters
    are woken in order of arrival. `async for` gives each value once, whether or not anybody clears, but skips those that
    were overwritten before it came round: `missed` of a `reader()` says how many, between the last value that it gave
    and the one before. A value, that it is new, and its number are published as one: a reader never sees halves of two.
    """

    def __init__(self):
        self._line = parking.WaitLine()
        if not MICROPYTHON:
            # ([set or not], the value, its number), put in by one call that runs no Python code in between: numbering a
            # value and publishing it are one step, so that no later number is overwritten by an earlier one. After the
            # number nothing may be made that the garbage collector tracks: up to 3.11 that can run it, and with it
            # finalizers, then another thread. So it comes last, and zip's tuple, made before, is what is put in.
            self._published = deque([([False], None, 0)], 1)
            self._numbers = count(1)
        self._number = 0  # of the latest value. On MicroPython, where a list would be an allocation, under `critical`
        self._state = False
        self._data = None

    def set(self, data=None):
        """Publish `data` and wake everybody who waits."""
        if MICROPYTHON:
            state = enter()
            self._data = data
            self._state = True
            self._number = (self._number + 1) & WRAP
            leave(state)
        else:
            self._published.extend(zip(([True],), (data,), self._numbers))
        if self._line.any():
            self._line.notify_all()

    def clear(self):
        """Make later waits wait. The value stays readable."""
        if MICROPYTHON:
            self._state = False
        else:
            self._published[0][0][0] = False  # of the value seen here: one that is set meanwhile stays set

    def is_set(self):
        """True from `set` to `clear`."""
        return self._state if MICROPYTHON else self._published[0][0][0]

    def value(self):
        """The latest value, None before the first."""
        return self._data if MICROPYTHON else self._published[0][1]

    @property
    def sequence(self):
        """How often it was set, so far; on MicroPython modulo 2**29."""
        return self._number if MICROPYTHON else self._published[0][2]

    def published(self):
        """(mark of the latest `set`, whether it is set, its value, its number), of one moment.

        No two marks are the same object.
        """
        if MICROPYTHON:
            state = enter()
            try:
                number, is_set, data = self._number, self._state, self._data
            finally:
                leave(state)
            return number, is_set, data, number
        published = self._published[0]
        return published, published[0][0], published[1], published[2]

    def __await__(self):
        return self.wait().__await__()

    __iter__ = __await__

    def __aiter__(self):
        return MessageReader(self)

    def reader(self):
        """`async for data in message.reader()`, where `missed` is wanted. For one task."""
        return MessageReader(self)


class MessageReader(SharedWait):
    """`async for` over a message: remembers which value it gave last, and how many it `missed` before that."""

    def __init__(self, message):
        self.message = message
        mark, is_set, _, number = message.published()
        self.seen = None if is_set else mark
        self.number = number - 1 if is_set else number
        self.missed = 0

    def attempt(self):
        mark, _, data, number = self.message.published()
        if mark is self.seen:
            return PENDING
        self.seen = mark
        self.missed = (number - self.number - 1) & WRAP
        self.number = number
        return data

    def park(self, task):
        parked = ReleasedTask(task, self.message._line)
        if self.message.published()[0] is not self.seen:
            parked.try_now()

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def __aiter__(self):
        return self

    def __anext__(self):
        return self


if COMPILED:
    from ..core.awaiting import quicken

    quicken(MessageReader)
