"""sleep and sleep_ms. Tasks only; a thread uses time.sleep.

Each call gives an awaitable, for one await: here a new, small object. `sleep_micropython` has those of MicroPython,
which allocate nothing.
"""

from .errors import describe
from .native import MICROPYTHON
from .task import Wait

UNITS_PER_MS = 1 if MICROPYTHON else 1000  # of the scheduler's clock


class Sleep(Wait):
    """Wakes the task after `delay` clock units; with 0, after the other ready tasks. For one await: then `delay` is -1."""

    def __init__(self, delay):
        self.delay = delay
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
        return self

    def __iter__(self):
        return self

    def __next__(self):
        delay = self.delay
        if delay == 0:
            self.delay = -1
            return None
        if delay > 0:
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
    return _sleep(ms_units(t))


def _sleep(delay):
    it = Sleep.__new__(Sleep)  # without a call of __init__: the hottest line there is
    it.delay = delay
    return it
