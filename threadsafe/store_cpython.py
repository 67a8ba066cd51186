"""What a ThreadSafeQueue holds on CPython uncompiled: a deque of items and one of permits, each operation of which is
atomic. So any thread may call, and a signal handler that cuts into any of it: no lock is ever held."""

from collections import deque

from ..core.operation import PENDING


class Store:
    """As `store.Store`. A permit is a free slot: held by the deque, by an item, or by a caller in between."""

    def __init__(self, buf):
        self.size = len(buf)
        self.closed = False
        self._items = deque()
        self._permits = deque([None] * self.size)
        self._model = None if isinstance(buf, list) else buf[:1]  # says what the buffer would make of an item

    def put(self, item):
        if self._model is not None:
            slot = self._model[:]
            slot[0] = item
            item = slot[0]
        if self.closed:
            return False
        try:
            self._permits.pop()
        except IndexError:
            return False
        if self.closed:  # since the first look: nothing may follow the close
            self._permits.append(None)
            return False
        self._items.append(item)
        return True

    def get(self):
        try:
            item = self._items.popleft()
        except IndexError:
            return PENDING
        self._permits.append(None)
        return item

    def close(self):
        self.closed = True

    def drained(self):
        """Closed, and every permit is back: no item is left, and no caller is about to add one."""
        return self.closed and len(self._permits) == self.size

    def __len__(self):
        return len(self._items)


def make(buf):
    return Store([None] * buf if isinstance(buf, int) else buf)
