"""sleep and sleep_ms on CPython uncompiled, where a generator costs less than half of an awaitable written in Python."""

from types import coroutine

from .task import Wait
from .times import ms_units, units


class Sleep(Wait):
    """Wakes the task after `delay` clock units."""

    def __init__(self, delay):
        self.delay = delay

    def park(self, task):
        queue = task.queue
        queue.timers.push(task, queue.clock.now() + self.delay)

    def unpark(self, task):
        task.queue.timers.remove(task)
        return True

    def expire(self, task):
        task.queue.wake(task)


@coroutine
def _turn():
    yield


@coroutine
def _sleep(delay):
    yield Sleep(delay)


_wrap = None


def wrap_with(fn):
    """Give out `fn(awaitable)` from now on, None: the awaitable itself. For desktop.debug."""
    global _wrap
    _wrap = fn


def sleep(t):
    """Let other tasks run for `t` seconds (a float or an int; 0 or less: once round the ready tasks)."""
    return _turn() if t == 0 and _wrap is None else sleep_units(units(t))


def sleep_ms(t):
    """Let other tasks run for `t` milliseconds; 0 or less: once round the ready tasks."""
    return sleep_units(ms_units(t))


def sleep_units(delay):
    it = _sleep(delay) if delay else _turn()
    return it if _wrap is None else _wrap(it)
