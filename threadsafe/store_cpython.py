"""What a ThreadSafeQueue holds on CPython uncompiled: a deque of items and one of permits, each operation of which is
atomic. So any thread may call, and a signal handler that cuts into any of it: no lock is ever held."""

import os
from collections import deque
from itertools import count
from weakref import WeakSet

from ..core.task import PENDING
from .store_base import StoreBase

_stores = WeakSet()


class _Counter:
    """Counts up by one at a time, which is atomic here, where `+= 1` is not."""

    def __init__(self):
        self._count = count()

    def add(self):
        """Returns how many there were before: a number that nobody else is given."""
        return next(self._count)

    def value(self):
        return int(repr(self._count)[6:-1])  # "count(5)": the one way to see it that does not count


class Store(StoreBase):
    """As `store.Store`. A permit is a free slot: held by the deque, by an item, or by a caller in between.

    Where callers in between hold them all, `replace` makes one more, and owes it: the next that would come back is gone.
    """

    def __init__(self, buf):
        self.size = len(buf)
        self.closed = False
        self._items = deque()
        self._permits = deque([None] * self.size)
        self._owed = deque()
        self._model = None if isinstance(buf, list) else buf[:1]  # says what the buffer would make of an item
        self._reached = bytearray(self.size + 1)  # 1 at each count of items that there ever was
        self._dropped = _Counter()
        self._put = _Counter()
        self._finished = _Counter()
        self._vain = _Counter()  # of those, how many there was no item for
        _stores.add(self)

    @property
    def high_water(self):
        return max(0, self._reached.rfind(1))

    @property
    def dropped(self):
        return self._dropped.value()

    @property
    def unfinished(self):
        return self._put.value() - self._finished.value() + self._vain.value()

    def put(self, item):
        item = self._as_kept(item)
        if self.closed:
            return False
        try:
            self._permits.pop()
        except IndexError:
            return False
        if self.closed:  # since the first look: nothing may follow the close
            self._permits.append(None)
            return False
        self._put.add()
        self._reached[self.size - len(self._permits)] = 1
        self._items.append(item)
        if self._owed:
            self._drop_what_is_over()
        return True

    def _as_kept(self, item):
        if self._model is None:
            return item
        slot = self._model[:]
        slot[0] = item
        return slot[0]

    def replace(self, item):
        if self.put(item):
            return True
        if self.closed:
            return False
        item = self._as_kept(item)
        try:
            self._items.popleft()
        except IndexError:
            if self.put(item):  # the oldest was taken meanwhile, and left a slot
                return True
            if self.closed:
                return False
            self._owed.append(None)  # before the look at the close, which until then is not the end of the queue
            if self.closed:
                self._give_back()
                return False
            self._put.add()
            self._reached[self.size] = 1
            self._items.append(item)
            self._drop_what_is_over()
            return True
        # Closed meanwhile, it counts as put before that: until the permit is back nobody takes the queue for drained.
        self._items.append(item)
        self._dropped.add()
        if self._owed:
            self._drop_what_is_over()
        return True

    def _give_back(self):
        """A permit that the caller holds comes back, or is what is owed."""
        try:
            if self._owed:
                self._owed.pop()
                return
        except IndexError:  # another has just paid
            pass
        self._permits.append(None)

    def _drop_what_is_over(self):
        """Drop the oldest, with its permit, for one that is owed, as long as there are more items than slots."""
        while len(self._items) > self.size:
            try:
                self._owed.pop()
            except IndexError:
                return
            try:
                self._items.popleft()
            except IndexError:  # all taken meanwhile: still owed
                self._owed.append(None)
                return
            self._finished.add()
            self._dropped.add()

    def refuse(self):
        self._dropped.add()

    def get(self):
        try:
            item = self._items.popleft()
        except IndexError:
            return PENDING
        if self._owed:
            self._give_back()
        else:
            self._permits.append(None)
        return item

    def room(self):
        return len(self._permits) > 0  # and not by the items: a slot whose item is gone may not be free yet

    def peek(self):
        try:
            return self._items[0]
        except IndexError:
            return PENDING

    def finish(self):
        if self._finished.add() < self._put.value() + self._vain.value():
            return True
        self._vain.add()
        return False

    def close(self):
        self.closed = True

    def drained(self):
        """Closed, and every permit is back: no item is left, and no caller is about to add one."""
        return self.closed and len(self._permits) == self.size + len(self._owed)

    def __len__(self):
        return min(len(self._items), self.size)  # for a moment there are more: see `_drop_what_is_over`


def _forked():
    """In the child of a fork: permits that threads of the parent's held, in the middle of a call, come back."""
    for store in _stores:
        store._drop_what_is_over()
        store._owed.clear()
        store._permits = deque([None] * (store.size - len(store._items)))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
