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
    """As `store.Store`, in a list. Any context, hard ISR included; never blocks; allocates nothing.

    What is on the way from a put to the task that waits for it is short of locals and has no `try`: a frame of more
    than 11 words, of which a `try` takes 3, is allocated on the heap.
    """

    def __init__(self, buf):
        self.size = size = len(buf)
        self._span = WRAP // size * size
        self.closed = False
        self.high_water = 0
        self.dropped = 0
        self._limit = size  # 0 once it is closed
        self._read = self._finished = 0  # how many were taken, for how many `finish` was called; modulo _span
        self.count = 0
        self._buffers = ([None], buf)  # where an item goes that there is no room for, and where one for which there is

    def put(self, item):
        state = enter()
        count = self.count
        room = (count - self._limit) >> 30 & 1  # 1 or 0: quicker to count with than True or False
        self._buffers[room][(self._read + count) % self.size * room] = item
        count += room
        self.count = count
        leave(state)
        if count > self.high_water:
            self._rise(count)
        return room

    def put_for(self, item, line):
        """`put`, and `line.notify()`, in one section: for when somebody waits in `line`, who is rung before all else.

        Returns 0 if there was no room, 1 if nobody was rung, else 2. `item` is in the end who waits: with a name of its
        own for that the frame would be too large.
        """
        state = enter()
        count = self.count
        room = (count - self._limit) >> 30 & 1
        self._buffers[room][(self._read + count) % self.size * room] = item
        count += room
        self.count = count
        item = line.next
        other = item.next
        other.previous = line
        line.next = other
        item.next = item.previous = item
        leave(state)
        if item is not line:
            item.bell.ring(item)
            room += room
        if count > self.high_water:
            self._rise(count)
        return room

    def replace(self, item):
        state = enter()
        count = self.count
        room = count < self._limit
        open = self._limit > 0
        over = open - room
        read = self._read
        self._buffers[open][(read + count) % self.size * open] = item
        self._read = (read + over) % self._span
        self._finished = (self._finished + over) % self._span
        self.dropped = (self.dropped + over) & WRAP
        count += room
        self.count = count
        leave(state)
        if count > self.high_water:
            self._rise(count)
        return open

    def _rise(self, count):
        state = enter()
        more = count - self.high_water
        self.high_water += more * (more > 0)
        leave(state)

    def refuse(self):
        state = enter()
        self.dropped = (self.dropped + 1) & WRAP
        leave(state)

    def get(self):
        # An item stays in its slot until another comes there: the collector marks while the other core goes on, and
        # would free in use what left its slot for that core's stack, scanned already.
        state = enter()
        count = self.count
        some = -count >> 30 & 1
        read = self._read
        item = self._buffers[1][read % self.size]
        self._read = (read + some) % self._span
        self.count = count - some
        leave(state)
        return item if some else PENDING

    def room(self):
        return self.count < self.size

    def peek(self):
        state = enter()
        some = self.count > 0
        item = self._buffers[1][self._read % self.size]
        leave(state)
        return item if some else PENDING

    def left(self):
        """How many are unfinished. No property: with one in a class every store into its instances takes longer."""
        state = enter()
        unfinished = self.count + self._read - self._finished
        leave(state)
        return unfinished % self._span

    def finish(self):
        state = enter()
        finished = self._finished
        some = (self.count + self._read - finished) % self._span > 0
        self._finished = (finished + some) % self._span
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
