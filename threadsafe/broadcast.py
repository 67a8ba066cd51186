"""Broadcast: each item to every subscriber, from any context to any number of tasks and threads, bounded.

Use a ThreadSafeQueue where one consumer is to get an item, a Message where only the latest value counts.

    readings = Broadcast(16)
    readings.publish(21.5)                      # a thread, an ISR, the other core

    async with readings.subscribe() as mine:    # each task that wants them
        async for reading in mine: ...
"""

from ..core.errors import TimeoutError
from ..core.native import MICROPYTHON
from ..core.queue_errors import QueueClosed
from ..core.shared import SharedWait, fair
from ..core.task import PENDING
from . import parking
from .event import ReleasedTask
from .faults import fault
from .parking import check_timeout, wait_in_thread
from .timed import TimedWait

if MICROPYTHON:
    from .critical import enter, leave
else:
    from collections import deque
    from itertools import count

_NUMBERS = 0x1FFFFFFF  # items are numbered modulo this + 1: small integers, also before they are cut


class Lagged(Exception):
    """The subscriber was too slow: `lost` items were overwritten before it came to them. It goes on with the oldest left."""

    def __init__(self, lost):
        super().__init__(str(lost) + " items were overwritten before this subscriber came to them")
        self.lost = lost


class Broadcast:
    """One ring of the last `size` items, from which every subscriber takes all, each at its own pace.

    | method | who may call | blocks | allocates on MicroPython | closed |
    |---|---|---|---|---|
    | `publish(item)` | any context, hard ISR and signal handler included, several at a time | never | nothing | QueueClosed |
    | `subscribe()` | tasks, threads | never | a Subscription | |
    | `close()`, `closed()` | any context | never | nothing | again: nothing happens |

    A publisher never waits for a subscriber: an item overwrites that of `size` items ago, whoever has not had it. A
    subscriber that it was lost to is told, see Subscription. All get the items in the same order, in which those of one
    publisher are in the order of publishing. After `close` nothing can be published; subscribers get what is left,
    then QueueClosed. The last `size` items are kept alive, even if nobody subscribes; a subscriber that left, or was
    forgotten, costs nothing.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, size):
        if not isinstance(size, int) or size < 1:
            raise ValueError("a broadcast keeps 1 item or more, not " + repr(size))
        self.size = size
        self.line = parking.WaitLine()
        if MICROPYTHON:
            self._buffers = ([None], [None] * size)  # where an item goes once it is closed, and where one before
            self._open = 1  # 0 once it is closed
            self._write = 0
            self._number = 0  # of the next item
        else:
            # The entries (True, item, number) are put in by one call of `extend`, which runs no Python code in between:
            # numbering an item and appending it are one step, as are looking whether it is closed and that.
            self._log = deque(maxlen=size)
            self._numbers = count()
            self._open = [True]  # empty once it is closed
            self._gate = iter(self._open.__len__, 0)  # yields 1 until it is closed, then nothing

    def publish(self, item):
        """Give `item` to every subscriber. QueueClosed after `close`."""
        if MICROPYTHON:
            state = enter()
            try:  # without a branch, see store_micropython
                is_open = self._open  # counts as 1 or 0
                write = self._write
                self._buffers[is_open][write * is_open] = item
                self._write = (write + is_open) % self.size
                self._number = (self._number + is_open) & _NUMBERS
            finally:
                leave(state)
            if not is_open:
                raise _closed()
        else:
            source = iter((item,))
            self._log.extend(zip(self._gate, source, self._numbers))
            for _ in source:  # not taken
                raise _closed()
        if self.line.any():
            self.line.notify_all()

    def subscribe(self):
        """A Subscription to what is published from now on."""
        return Subscription(self)

    def close(self):
        """Let nothing more be published, wake everybody who waits."""
        if MICROPYTHON:
            state = enter()  # so that a publish is wholly before it or refused
            self._open = 0
            leave(state)
        else:
            self._open.clear()
        self.line.notify_all()

    def closed(self):
        """True from `close` on."""
        return not self._open

    def next_number(self):
        """The number that the next item will have."""
        if MICROPYTHON:
            return self._number
        try:
            return self._log[-1][2] + 1
        except IndexError:
            return 0


class Subscription:
    """One subscriber's place in a Broadcast. For one task or thread at a time.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `await get(timeout=None)`, `async for` | tasks of any loop | the task; TimeoutError | to wait |
    | `get_sync(timeout=None)` | threads, a core without a loop | the thread; TimeoutError | to wait |
    | `get_sync(0)` | tasks too | never; TimeoutError | an error |
    | `unsubscribe()`, the end of `with` or `async with` | any context but a hard ISR | never | nothing |

    Items lost to it are told by one Lagged, raised in place of the first of them; after that come the oldest item that
    is left and those behind it. `lost` counts them all. A Lagged ends an `async for`: begin another to go on. A wait
    that is cancelled or times out takes nothing. After `unsubscribe`, and after `close` of the broadcast when it has had
    all, it raises QueueClosed, and `async for` ends.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, broadcast):
        self.lost = 0
        self.broadcast = broadcast
        self._number = broadcast.next_number()  # of the item that it takes next
        self._left = False
        self._get = _Get(self)
        self._next = _Next(self)

    def get(self, timeout=None):
        """Awaitable: the next item, when there is one. TimeoutError after `timeout` seconds; Lagged, QueueClosed."""
        return self._get if timeout is None else _TimedGet(self, timeout)

    def get_sync(self, timeout=None):
        """The next item; blocks the calling thread until there is one. TimeoutError after `timeout` seconds."""
        timeout = check_timeout(timeout)
        item = self.take()
        if item is not PENDING:
            return item
        if timeout == 0:
            raise TimeoutError
        return wait_in_thread(self.broadcast.line, self.take, timeout, "use `await subscription.get()`")

    def unsubscribe(self):
        """Take no more, and keep nothing."""
        self._left = True
        self.broadcast.line.notify_all()  # whoever waits for this one; the others look, and wait again

    def take(self):
        """The next item, PENDING if there is none yet. Raises Lagged, QueueClosed."""
        if self._left:
            raise QueueClosed("it was unsubscribed")
        return self._take_micropython() if MICROPYTHON else self._take_cpython()

    def _take_micropython(self):
        broadcast = self.broadcast
        state = enter()
        try:
            behind = (broadcast._number - self._number) & _NUMBERS
            item = broadcast._buffers[1][(broadcast._write - behind) % broadcast.size]
            is_open = broadcast._open
        finally:
            leave(state)
        if behind == 0:
            return PENDING if is_open else self._end()
        if behind > broadcast.size:
            self._skip(behind - broadcast.size)
        self._number = (self._number + 1) & _NUMBERS
        return item

    def _take_cpython(self):
        broadcast = self.broadcast
        log = broadcast._log
        is_open = not broadcast.closed()  # before the look: then nothing can come after it
        while log:
            place = self._number - log[0][2]
            if place < 0:
                self._skip(-place)
            try:
                _, item, number = log[place]
            except IndexError:
                break
            if number == self._number:
                self._number += 1
                return item
            # More was published between the two looks, so that it stood further ahead: look again.
        return PENDING if is_open else self._end()

    def _skip(self, lost):
        self.lost += lost
        self._number = (self._number + lost) & _NUMBERS if MICROPYTHON else self._number + lost
        raise Lagged(lost)

    def _end(self):
        raise _closed()

    def ready(self):
        """Whether `take` would not be in vain."""
        return self._left or self.broadcast.closed() or self.broadcast.next_number() != self._number

    def __aiter__(self):
        return self

    def __anext__(self):
        return self._next

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, tb):
        self.unsubscribe()

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc, tb):
        self.unsubscribe()


def _closed():
    return fault(QueueClosed, "the broadcast was closed")


class _Get(SharedWait):
    """`await subscription.get()`. Keeps no state."""

    def __init__(self, subscription):
        self.subscription = subscription

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def attempt(self):
        return self.subscription.take()

    def park(self, task):
        subscription = self.subscription
        parked = ReleasedTask(task, subscription.broadcast.line)
        if subscription.ready():
            parked.try_now()


class _Next(_Get):
    """One step of `async for`."""

    def attempt(self):
        try:
            return _Get.attempt(self)
        except QueueClosed:
            raise StopAsyncIteration from None


class _TimedGet(TimedWait):
    """`await subscription.get(timeout)`."""

    def __init__(self, subscription, timeout):
        TimedWait.__init__(self, timeout)
        self.subscription = subscription

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def attempt(self):
        item = self.subscription.take()
        if item is PENDING and self.late():
            raise TimeoutError
        return item

    def park(self, task):
        subscription = self.subscription
        parked = self.wait_as(task, ReleasedTask(task, subscription.broadcast.line))
        if subscription.ready():
            parked.try_now()
