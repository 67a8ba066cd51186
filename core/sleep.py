"""sleep and sleep_ms. Tasks only; a thread uses time.sleep.

Each call gives an awaitable. On CPython it is a new, small object. On MicroPython it is the calling core's own, over
and over, so that sleeping allocates nothing; where one is held back without being awaited, it is left to its holder
and a new one takes its place, so no sleep is ever mistaken for another.
"""

from .errors import describe
from .native import MICROPYTHON, ident
from .task import Wait

UNITS_PER_MS = 1 if MICROPYTHON else 1000  # of the scheduler's clock


class Sleep(Wait):
    """Wakes the task after `delay` clock units; with 0, after the other ready tasks."""

    def __init__(self, delay):
        self.delay = delay
        self.fresh = False  # between __await__ and the first step
        if MICROPYTHON:
            self.stop = StopIteration()

    def park(self, task):
        queue = task.queue
        queue.timers.push(task, queue.clock.now() + self.delay)
        self.delay = -1

    def unpark(self, task):
        task.queue.timers.remove(task)
        return True

    def expire(self, task):
        task.queue.wake(task)

    def __await__(self):
        self.fresh = True
        return self

    def __iter__(self):
        self.fresh = True
        return self

    def __next__(self):
        if self.fresh:
            self.fresh = False
            if self.delay == 0:
                self.delay = -1
                return None
            return self
        if MICROPYTHON:  # a prebuilt exception, without the traceback that would grow: nothing is allocated
            self.stop.__traceback__ = None
            raise self.stop
        raise StopIteration


def units(seconds):
    """`seconds` in clock units, rounded down, at least 0. TypeError or ValueError say what is no time."""
    try:
        if seconds <= 0:
            return 0
        return int(seconds * 1000 * UNITS_PER_MS)
    except TypeError:
        raise TypeError("a time is a number of seconds, not " + describe(seconds)) from None
    except ValueError:
        raise ValueError("a time must be a number, not NaN") from None


def ms_units(ms):
    """`ms` milliseconds in clock units, rounded down, at least 0. TypeError or ValueError say what is no time."""
    return 0 if ms <= 0 else int(ms * UNITS_PER_MS)


def sleep(t):
    """Let other tasks run for `t` seconds (a float or an int; 0 or less: once round the ready tasks)."""
    if t == 0:
        return _sleep(0)
    return _sleep(units(t))


def sleep_ms(t):
    """Let other tasks run for `t` milliseconds; 0 or less: once round the ready tasks."""
    if t <= 0:
        return _sleep(0)
    return _sleep(int(t * UNITS_PER_MS))


def _sleep(delay):
    it = _own() if MICROPYTHON else Sleep.__new__(Sleep)  # without a call of __init__: the hottest line there is
    it.delay = delay
    it.fresh = False
    return it


_owned = {}  # MicroPython: each thread's Sleep; replaced whole, never mutated, since other threads read it


def _own():
    global _owned
    it = _owned.get(ident())
    if it is None or it.delay >= 0:
        it = Sleep(-1)
        owned = _owned.copy()
        owned[ident()] = it
        _owned = owned
    return it
