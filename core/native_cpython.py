"""CPython's part of `native`, uncompiled: see there."""

import time
import traceback
from collections import deque
from threading import local

_kept = local()


def own():
    """What the calling thread has set as its own, else None."""
    return getattr(_kept, "value", None)


def set_own(value):
    """Keep `value` for the calling thread, until it ends."""
    _kept.value = value


def fence():
    """CPython orders the accesses of its threads itself."""


def print_exception(exc, file):
    """Print `exc` with its traceback to `file`."""
    traceback.print_exception(type(exc), exc, exc.__traceback__, file=file)


class Ring:
    """First in, first out; grows as needed. Each operation but `push_once` is one atomic operation of `deque`."""

    def __init__(self, size=16):
        self._items = deque()
        self.push = self._items.append
        self.pop = self._items.popleft
        self.rotate = self._items.rotate  # the last `count` items to the front, as they are

    def push_once(self, item):
        """`push`, unless it is the last that is here already."""
        try:
            if self._items[-1] is item:  # and if it is taken out now, that is after what it was to tell
                return
        except IndexError:
            pass
        self._items.append(item)

    def reserve(self, count):
        """Nothing to do: it grows by itself."""

    def __len__(self):
        return len(self._items)


class Clock:
    """Microseconds of the system's monotonic clock."""

    jumps = False  # the loop itself sleeps while it is idle; else this clock's `sleep(loop, timeout)` does

    def now(self):
        return time.monotonic_ns() // 1000

    def rebase(self, by):
        raise NotImplementedError("64-bit times need no rebasing")

    def hold(self):
        """Another context works for a task: a clock that jumps must not. `release` follows."""

    def release(self):
        """It has ended."""
