"""MicroPython's part of `native`: see there. A board has this in its place, see desktop.for_board."""

from collections import deque
from sys import implementation, print_exception  # noqa: F401
from time import ticks_diff, ticks_ms

try:
    from _thread import allocate_lock
    from _thread import get_ident as ident
except ImportError:
    from .no_threads import allocate_lock
    from .no_threads import get_ident as ident

MICROPYTHON = True
COMPILED = False

if "RP2040" in getattr(implementation, "_machine", ""):
    # Its cores have no store buffer and do one access after the other: nothing to do. A call of C is the cheapest.
    fence = ident
else:
    _barrier = allocate_lock()

    def fence():
        """A full memory barrier, any context: without it a core may do a load before the stores ahead of it.

        MicroPython's threads share no GIL. Taking a lock, even in vain, is an atomic read and write.
        """
        if _barrier.acquire(0):
            _barrier.release()


class Ring(deque):
    """First in, first out. `push` and `pop` are deque's own, and allocate nothing: `reserve` does."""

    def __init__(self, size=16):
        self._reserved = 0
        self._make(size)

    def _make(self, size):
        """Start anew, empty, with room for `size` items."""
        super().__init__((), size, 1)
        self._size = size
        self.push = self.append  # raises IndexError beyond what was reserved
        self.pop = self.popleft  # raises IndexError if there is nothing

    def reserve(self, count):
        """Make room for `count` more items at a time than before, or fewer if negative."""
        self._reserved += count
        size = self._size
        if self._reserved > size:
            while self._reserved > size:
                size *= 2
            items = []
            while len(self):
                items.append(self.pop())
            self._make(size)
            for item in items:
                self.push(item)

    def rotate(self, count):
        """Move the last `count` items to the front, as they are."""
        while count:
            count -= 1
            self.appendleft(super().pop())


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
