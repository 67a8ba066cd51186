"""What a ThreadSafeQueue holds on MicroPython whose items are in an array, a bytearray or what is like one.

Loaded when one is made. Such a buffer refuses what is no number of its kind: that must not leave a critical section
open.
"""

from .critical import enter, leave
from .store_micropython import WRAP, Store


class ArrayStore(Store):
    """As Store. What the buffer does not take raises its error, and changes nothing."""

    def put(self, item):
        state = enter()
        try:
            count = self.count
            room = count < self._limit
            self._buffers[room][(self._read + count) % self.size * room] = item
            count += room
            self.count = count
        finally:
            leave(state)
        if count > self.high_water:
            self._rise(count)
        return room

    def put_for(self, item, line):
        room = self.put(item)
        line.notify()
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
            self._read = (read + over) % self._span
            self._finished = (self._finished + over) % self._span
            self.dropped = (self.dropped + over) & WRAP
            count += room
            self.count = count
        finally:
            leave(state)
        if count > self.high_water:
            self._rise(count)
        return open
