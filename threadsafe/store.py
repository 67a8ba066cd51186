"""What a ThreadSafeQueue holds: a ring in a buffer. Compiled only: the GIL makes each operation atomic, since nothing
in between runs Python code.

Uncompiled `store_cpython` takes its place, on MicroPython `store_micropython`. Any context; never blocks.
"""

from ..core.operation import PENDING


class Store:
    """First in, first out, in `buf`, a list, array or bytearray: as many items as that is long."""

    def __init__(self, buf):
        self.buf = buf
        self.size = len(buf)
        self.count = 0
        self.closed = False
        self._read = 0
        self._model = None if isinstance(buf, list) else buf[:1]  # says what the buffer would make of an item
        self._blank = None if isinstance(buf, list) else buf[0]  # what an empty slot holds: keeps nothing alive

    def put(self, item):
        """Add `item`. Returns False if there is no room or it is closed; raises what `buf` raises for a bad item."""
        if self._model is not None:
            slot = self._model[:]  # apart, because the item's __index__ may be Python code
            slot[0] = item
            item = slot[0]
        if self.closed or self.count == self.size:
            return False
        write = self._read + self.count
        if write >= self.size:
            write -= self.size
        self.buf[write] = item
        self.count += 1
        return True

    def get(self):
        """Take the oldest item; PENDING if there is none."""
        if self.count == 0:
            return PENDING
        read = self._read
        item = self.buf[read]
        self.buf[read] = self._blank
        read += 1
        self._read = 0 if read == self.size else read
        self.count -= 1
        return item

    def close(self):
        """Let nothing more in."""
        self.closed = True

    def drained(self):
        """True if it is closed and nothing is, or will be, left to get."""
        return self.closed and self.count == 0

    def __len__(self):
        return self.count


def make(buf):
    """A store in `buf`, or of `buf` items if that is a number."""
    return Store([None] * buf if isinstance(buf, int) else buf)
