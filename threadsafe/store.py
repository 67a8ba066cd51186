"""What a ThreadSafeQueue holds: a ring in a buffer, for MicroPython and, compiled, for CPython.

On MicroPython each operation is a critical section. Compiled, the GIL makes it one: nothing in between runs Python
code. Uncompiled on CPython `store_cpython` takes its place. Any context; never blocks; allocates nothing.
"""

from ..core.errors import QueueClosed
from ..core.native import MICROPYTHON

if MICROPYTHON:
    from .critical import enter, leave


class _Empty:
    def __repr__(self):
        return "EMPTY"


EMPTY = _Empty()  # nothing to get


class Store:
    """First in, first out, in `buf`, a list, array or bytearray: as many items as that is long."""

    def __init__(self, buf):
        self.buf = buf
        self.size = len(buf)
        self.count = 0
        self.closed = False
        self._read = 0
        self._blank = None if isinstance(buf, list) else buf[0]  # what an empty slot holds: keeps nothing alive

    def put(self, item):
        """Add `item`. Returns False if there is no room, raises QueueClosed, or what `buf` raises for a bad item."""
        state = enter() if MICROPYTHON else None
        try:
            if self.closed:
                raise QueueClosed
            if self.count == self.size:
                return False
            write = self._read + self.count
            if write >= self.size:
                write -= self.size
            self.buf[write] = item
            self.count += 1
            return True
        finally:
            if MICROPYTHON:
                leave(state)

    def get(self):
        """Take the oldest item; EMPTY if there is none."""
        state = enter() if MICROPYTHON else None
        try:
            if self.count == 0:
                return EMPTY
            read = self._read
            item = self.buf[read]
            self.buf[read] = self._blank
            read += 1
            self._read = 0 if read == self.size else read
            self.count -= 1
            return item
        finally:
            if MICROPYTHON:
                leave(state)

    def drained(self):
        """True if it is closed and nothing is, or will be, left to get."""
        return self.closed and self.count == 0

    def __len__(self):
        return self.count


def make(buf):
    """A store in `buf`, or of `buf` items if that is a number."""
    return Store([None] * buf if isinstance(buf, int) else buf)
