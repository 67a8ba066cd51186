"""What a ThreadSafeQueue holds on MicroPython: a ring in a buffer, each of whose operations is a critical section.

Nothing in a section branches: at a jump MicroPython runs what was scheduled (a Timer's callback, a soft pin interrupt)
and raises a pending KeyboardInterrupt. The one would come into the section a second time, and find it half done, or
wait for its own thread's lock for ever; the other would leave it half done.
"""

from ..core.task import PENDING
from .critical import enter, leave
from .store_base import StoreBase

WRAP = 0x1FFFFFFF  # what is only counted up is counted modulo this + 1: small integers, which need no allocation


class Store(StoreBase):
    """As `store.Store`. Any context, hard ISR included; never blocks; allocates nothing."""

    def __init__(self, buf):
        self.size = len(buf)
        self.count = 0
        self.closed = False
        self.high_water = 0
        self.dropped = 0
        self.unfinished = 0
        self._limit = self.size  # 0 once it is closed
        self._read = 0
        self._buffers = ([None], buf)  # where an item goes that there is no room for, and where one for which there is

    def put(self, item):
        state = enter()
        try:
            count = self.count
            room = count < self._limit  # True counts as 1, False as 0
            self._buffers[room][(self._read + count) % self.size * room] = item
            count += room
            self.count = count
            self.unfinished = (self.unfinished + room) & WRAP
            self.high_water += count > self.high_water
        finally:
            leave(state)
        return room

    def replace(self, item):
        state = enter()
        try:
            count = self.count
            room = count < self._limit
            open = self._limit > 0
            over = open - room
            read = self._read
            self._buffers[open][(read + count) % self.size * open] = item
            self._read = (read + over) % self.size
            self.dropped = (self.dropped + over) & WRAP
            count += room
            self.count = count
            self.unfinished = (self.unfinished + room) & WRAP
            self.high_water += count > self.high_water
        finally:
            leave(state)
        return open

    def refuse(self):
        state = enter()
        self.dropped = (self.dropped + 1) & WRAP
        leave(state)

    def get(self):
        # An item stays in its slot until another comes there: the collector marks while the other core goes on, and
        # would free in use what left its slot for that core's stack, scanned already.
        state = enter()
        try:
            some = self.count > 0
            read = self._read
            item = self._buffers[1][read]
            self._read = (read + some) % self.size
            self.count -= some
        finally:
            leave(state)
        return item if some else PENDING

    def room(self):
        return self.count < self.size

    def peek(self):
        state = enter()
        some = self.count > 0
        item = self._buffers[1][self._read]
        leave(state)
        return item if some else PENDING

    def finish(self):
        state = enter()
        some = self.unfinished > 0
        self.unfinished -= some
        leave(state)
        return some

    def close(self):
        state = enter()  # so that a put is wholly before it or refused
        self._limit = 0
        self.closed = True
        leave(state)

    def drained(self):
        return self.closed and self.count == 0

    def __len__(self):
        return self.count
