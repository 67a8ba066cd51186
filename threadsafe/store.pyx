# cython: boundscheck=False, wraparound=False
"""What a ThreadSafeQueue holds, compiled: a ring in a buffer. The GIL makes each operation atomic, since nothing in
between runs Python code. See `store.py`.
"""

from ..core.task import PENDING


cdef class Store:
    """First in, first out, as many items as `buf` is long: in `buf`, an array or bytearray, or in a list like it.

    The list is the store's own, so that nobody makes it shorter.
    """

    def __init__(self, buf):
        self.size = len(buf)
        self.count = 0
        self.closed = False
        self.high_water = 0  # the most there ever were at a time
        self.dropped = 0
        self.unfinished = 0  # put, and task_done() not called for it
        self._read = 0
        typed = not isinstance(buf, list)
        self._list = None if typed else [None] * self.size
        self._buf = buf if typed else None
        self._model = buf[:1] if typed else None  # says what the buffer would make of an item

    cpdef bint put(self, item) except -1:
        """Add `item`. Returns False if there is no room or it is closed; raises what `buf` raises for a bad item."""
        cdef Py_ssize_t write
        if self._list is None:
            item = self._as_kept(item)
        if self.closed or self.count == self.size:
            return False
        write = self._read + self.count
        if write >= self.size:
            write -= self.size
        if self._list is None:
            self._buf[write] = item
        else:
            self._list[write] = item
        self.count += 1
        self.unfinished += 1
        if self.count > self.high_water:
            self.high_water = self.count
        return True

    cdef _as_kept(self, item):
        """What the buffer would make of it. Apart, because the item's __index__ may be Python code."""
        slot = self._model[:]
        slot[0] = item
        return slot[0]

    cpdef get(self):
        """Take the oldest item; PENDING if there is none."""
        cdef Py_ssize_t read
        if self.count == 0:
            return PENDING
        read = self._read
        if self._list is None:
            item = self._buf[read]
        else:
            item = self._list[read]
            self._list[read] = None  # keeps nothing alive
        read += 1
        self._read = 0 if read == self.size else read
        self.count -= 1
        return item

    cpdef bint replace(self, item) except -1:
        """As `put`; if there is no room, in place of the oldest item, which is dropped. False only if it is closed."""
        if self.count < self.size or self.closed:
            return self.put(item)
        if self._list is None:
            item = self._as_kept(item)
            if self.count < self.size or self.closed:
                return self.put(item)
        oldest = self.get()  # kept up to the end: what its end runs finds all in order
        self.put(item)
        self.unfinished -= 1
        self.dropped += 1
        del oldest
        return True

    cpdef refuse(self):
        """Count an item that was dropped instead of put."""
        self.dropped += 1

    cpdef Py_ssize_t put_many(self, list items, Py_ssize_t start) except -1:
        """Add from the list `items` what follows `start`, as much as there is room for. Returns how many that were."""
        cdef Py_ssize_t count, end
        count = start
        end = len(items)
        while count < end and self.put(items[count]):
            count += 1
        return count - start

    cpdef list get_many(self, Py_ssize_t most):
        """A list of the oldest items, `most` of them at most."""
        cdef list items
        cdef Py_ssize_t count
        items = []
        count = min(most, self.count)
        while count:
            count -= 1
            items.append(self.get())
        return items

    cpdef bint room(self):
        """Whether a put would find room now."""
        return self.count < self.size

    cpdef peek(self):
        """The oldest item, which stays; PENDING if there is none."""
        if self.count == 0:
            return PENDING
        return self._buf[self._read] if self._list is None else self._list[self._read]

    cpdef bint finish(self) except -1:
        """Count an item as done with. Returns False if there was none."""
        if not self.unfinished:
            return False
        self.unfinished -= 1
        return True

    cpdef close(self):
        """Let nothing more in."""
        self.closed = True

    cpdef bint drained(self):
        """True if it is closed and nothing is, or will be, left to get."""
        return self.closed and self.count == 0

    def __len__(self):
        return self.count


def make(buf):
    """A store in `buf`, or of `buf` items if that is a number."""
    return Store([None] * buf if isinstance(buf, int) else buf)
