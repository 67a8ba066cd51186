"""MicroPython's part of `native`: see there. A board has this in its place, see desktop.for_board."""

from _thread import allocate_lock
from _thread import get_ident as ident  # noqa: F401
from collections import deque
from sys import print_exception  # noqa: F401
from time import ticks_diff, ticks_ms

MICROPYTHON = True
COMPILED = False

_barrier = allocate_lock()


def fence():
    """A full memory barrier, any context: without it a core may do a load before the stores ahead of it.

    MicroPython's threads share no GIL. Taking a lock, even in vain, is an atomic read and write.
    """
    if _barrier.acquire(0):
        _barrier.release()


class Ring:
    """First in, first out. `push` and `pop` are deque's own, and allocate nothing: `reserve` does."""

    def __init__(self, size=16):
        self._size = size
        self._reserved = 0
        self._use(deque((), size, 1))

    def _use(self, items):
        self._items = items
        self.push = items.append  # raises IndexError beyond what was reserved
        self.pop = items.popleft  # raises IndexError if there is nothing

    def reserve(self, count):
        """Make room for `count` more items at a time than before, or fewer if negative."""
        self._reserved += count
        if self._reserved > self._size:
            old = self._items
            while self._reserved > self._size:
                self._size *= 2
            self._use(deque((), self._size, 1))
            while old:
                self.push(old.popleft())

    def rotate(self, count):
        """Move the last `count` items to the front, as they are."""
        items = self._items
        while count:
            count -= 1
            items.appendleft(items.pop())

    def __len__(self):
        return len(self._items)


class Clock:
    """Milliseconds since this clock was made, as a plain integer that does not wrap as `ticks_ms` does."""

    jumps = False  # the loop itself sleeps while it is idle; else this clock's `sleep(loop, timeout)` does

    def __init__(self):
        self._last = ticks_ms()
        self._now = 0

    def now(self):
        ticks = ticks_ms()
        self._now += ticks_diff(ticks, self._last)
        self._last = ticks
        return self._now

    def rebase(self, by):
        """Count `by` less from now on: keeps times small integers, which need no allocation."""
        self._now -= by

    def hold(self):
        """Another context works for a task: a clock that jumps must not. `release` follows."""

    def release(self):
        """It has ended."""
