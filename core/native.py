"""What C does better than a .pxd can say: the ring of ready tasks, one step of a coroutine, the clock, the thread.

This is the plain twin, used on MicroPython and uncompiled; `native.pyx` is the same in C for CPython.
Scheduler side only, but for `ident`, `clock_us`, and the Ring that a CPython doorbell fills: `push` and `pop` are
each one atomic operation of `deque`, so any thread or signal handler may call them there.
"""

import sys
import time
from _thread import get_ident as ident  # noqa: F401
from collections import deque

MICROPYTHON = sys.implementation.name == "micropython"

if MICROPYTHON:
    from _thread import allocate_lock

    _barrier = allocate_lock()

    def fence():
        """A full memory barrier, any context: without it a core may do a load before the stores ahead of it.

        MicroPython's threads share no GIL. Taking a lock, even in vain, is an atomic read and write.
        """
        if _barrier.acquire(0):
            _barrier.release()

    resume = next  # on a coroutine: the same as .send(None), one look-up less
    from time import ticks_diff, ticks_ms

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

        def __len__(self):
            return len(self._items)

    class Clock:
        """Milliseconds since this clock was made, as a plain integer that does not wrap as `ticks_ms` does."""

        jumps = False  # its time passes by itself: `sleep` need not be called

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

        def sleep(self, loop, timeout):
            """Let `timeout` units pass (-1: no limit), in which `loop` has nothing to do unless something happens."""
            raise NotImplementedError

        def hold(self):
            """Another context works for a task: a clock that jumps must not. `release` follows."""

        def release(self):
            """It has ended."""

else:
    from operator import methodcaller

    def fence():
        """CPython orders the accesses of its threads itself."""

    resume = methodcaller("send", None)

    class Ring:
        """First in, first out; grows as needed. Each operation is one atomic operation of `deque`."""

        def __init__(self, size=16):
            self._items = deque()
            self.push = self._items.append
            self.pop = self._items.popleft

        def reserve(self, count):
            """Nothing to do: it grows by itself."""

        def __len__(self):
            return len(self._items)

    class Clock:
        """Microseconds of the system's monotonic clock."""

        jumps = False  # its time passes by itself: `sleep` need not be called

        def now(self):
            return time.monotonic_ns() // 1000

        def rebase(self, by):
            raise NotImplementedError("64-bit times need no rebasing")

        def sleep(self, loop, timeout):
            """Let `timeout` units pass (-1: no limit), in which `loop` has nothing to do unless something happens."""
            raise NotImplementedError

        def hold(self):
            """Another context works for a task: a clock that jumps must not. `release` follows."""

        def release(self):
            """It has ended."""
