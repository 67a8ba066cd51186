"""RingbufQueue: a queue in a list or array that is there already, so that to put allocates nothing. For one loop.

    queue = RingbufQueue(array("H", [0] * 20))
    async for value in queue:
        ...
"""

from ..core.context import check_context
from ..core.queue_errors import QueueEmpty, QueueFull
from ..core.task import PENDING
from .queue import Queue, QueueShutDown, _Put, _Putters


class RingbufQueue(Queue):
    """`buf`: how many items it holds, or the list, array or bytearray to hold them: N means N.

    As Queue, but that `put_nowait` on a full queue stores its item in place of the oldest, and then raises QueueFull,
    which is an IndexError: who ignores it keeps the newest, and knows how many were lost. `await put` waits instead, in
    order of arrival; `put_nowait` does not wait for those, and takes the place of one if there is no other.
    Several tasks may iterate over it; each item goes to one.
    """

    def __init__(self, buf):
        if isinstance(buf, int):
            if buf < 1:
                raise ValueError("a queue holds 1 item or more, not " + str(buf))
            buf = [None] * buf
        else:
            try:
                buf[0] = buf[0]
            except (TypeError, IndexError, KeyError):
                raise ValueError(
                    "give a capacity, or a list, array or bytearray of at least one slot, not " + repr(buf)
                ) from None
        Queue.__init__(self, len(buf))
        self._items = _Slots(buf)
        self._putters = _Line(self)

    def _make(self):
        """What Queue keeps its items in is not wanted here."""

    def _add(self, item):
        self._items.add(item)

    def _take(self):
        return self._items.take()

    def put_nowait(self, val):
        """Add `val`. On a full queue the oldest item makes way for it, and QueueFull is raised."""
        check_context(self._getters.queue, "RingbufQueue.put_nowait()")
        if self._shut:
            raise QueueShutDown("nothing can be put any more")
        if not self.room():
            self._items.replace(val)
            raise QueueFull("the oldest item was overwritten")
        self._put(val)

    def put(self, val):
        """Awaitable: add `val`, when there is room. Does not yield if there is. QueueShutDown."""
        return _RingPut(self, val)

    def full(self):
        """Whether who comes now would have to wait to put."""
        return not self.room() or bool(self._putters.handed or self._putters.waiters)

    def room(self):
        """Whether a slot is free, be it promised or not."""
        return len(self._items) < self.maxsize

    def peek(self):
        """The oldest item, which stays in the queue. QueueEmpty if there is none."""
        if self.empty():
            raise QueueEmpty("the queue is empty")
        return self._items.first()

    def __aiter__(self):
        return self

    def __anext__(self):
        return self._getters


class _Line(_Putters):
    """Who waits for room. It is promised to one at a time, who stays the first in line if `put_nowait` takes it."""

    def hand(self):
        return not self.handed and _Putters.hand(self)

    def hand_back(self):
        """Of the first: it has put, or will not."""
        self.handed = 0
        if self.owner.room():
            self.hand()

    def park_first(self, task):
        self.waiters = [task] + (self.waiters or [])


class _RingPut(_Put):
    """`await queue.put(val)`: who finds that the place promised to it was taken stays the first in line."""

    def attempt(self):
        owner = self.owner
        line = owner._putters
        if not self.parked:
            owner._check()
        if owner._shut:
            if self.parked:
                line.handed = 0
            raise QueueShutDown("nothing can be put any more")
        if not self.parked:
            if owner.full():
                return PENDING
            owner._put(self.val)
        elif owner.room():
            try:
                owner._put(self.val)
            finally:  # what the buffer can't hold does not keep the place
                line.hand_back()
        else:
            line.handed = 0
            return PENDING
        return None

    def park(self, task):
        line = self.owner._putters
        task.data = line
        if self.parked:
            line.park_first(task)
        else:
            self.parked = True
            line.park(task)


class _Slots:
    """A ring of slots."""

    def __init__(self, buf):
        self._buf = buf
        self._size = len(buf)
        self._head = 0
        self._count = 0

    def __len__(self):
        return self._count

    def add(self, item):
        slot = self._head + self._count
        if slot >= self._size:
            slot -= self._size
        self._buf[slot] = item
        self._count += 1

    def replace(self, item):
        """Put `item` in place of the oldest. What the buffer can't hold, as 256 in a bytearray, changes nothing."""
        head = self._head
        self._buf[head] = item
        head += 1
        self._head = 0 if head == self._size else head

    def first(self):
        return self._buf[self._head]

    def take(self):
        head = self._head
        item = self._buf[head]
        if isinstance(self._buf, list):
            self._buf[head] = None  # or it would be kept
        head += 1
        self._head = 0 if head == self._size else head
        self._count -= 1
        return item
