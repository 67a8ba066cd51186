"""sleep and sleep_ms on MicroPython: they allocate nothing.

The awaitable is the calling core's own, over and over. Where one is held back without being awaited, it is left to
its holder and a new one takes its place, so no sleep is ever mistaken for another.
"""

from .lazy import load
from .native import ident
from .task import Wait


class Sleep(Wait):
    """Wakes the task after `delay` ms; with 0, after the other ready tasks. `delay` is -1 when it may be used again."""

    def __init__(self):
        self.delay = -1
        self.span = -1  # of the await that began last
        self.stop = StopIteration()

    def park(self, task):
        queue = task.queue
        queue.timers.push(task, queue.clock.now() - self.span)  # __next__ has just turned its sign

    def unpark(self, task):
        task.queue.timers.remove(task)
        return True

    def expire(self, task):
        task.queue.wake(task)

    def __iter__(self):
        self.span = self.delay
        self.delay = -1
        return self

    __await__ = __iter__

    def __next__(self):
        # What begins sets `span` in __iter__, just before; a task that comes back here finds it used, whatever `delay`
        # another sleep has been given meanwhile.
        span = self.span
        if span > 0:
            self.span = 0 - span
            return self
        self.span = -1
        if span == 0:
            return None
        self.stop.__traceback__ = None  # or it would grow: a prebuilt exception allocates nothing
        raise self.stop


_first = ident()  # the thread that imported this; others are looked up
_own = Sleep()
_others = {}  # thread -> Sleep; replaced whole, never mutated, since other threads read it


def sleep_ms(t):
    """Let other tasks run for `t` milliseconds; 0 or less: once round the ready tasks.

    OverflowError for infinity, which `sleep` takes: to catch it here would cost each sleep two bytecodes and three words.
    """
    it = _own if ident() == _first else _others.get(ident())
    if it is None or it.delay >= 0:
        it = _replace()
    it.delay = 0 if t <= 0 else int(t)
    return it


def sleep(t):
    """Let other tasks run for `t` seconds (a float or an int; 0 or less: once round the ready tasks)."""
    try:
        t = 0 if t <= 0 else int(t * 1000)  # as times.units, without that module
    except OverflowError:  # infinity
        t = 3000000000000  # a century in ms, as in `times`
    except (TypeError, ValueError):
        raise load("misuse", "not_a_time")(t) from None
    return sleep_ms(t)


def _replace():
    global _own, _others
    it = Sleep()
    if ident() == _first:
        _own = it
    else:
        others = _others.copy()
        others[ident()] = it
        _others = others
    return it
