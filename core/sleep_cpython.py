"""sleep and sleep_ms on CPython uncompiled, where a generator costs less than half of an awaitable written in Python."""

from types import coroutine

from .sleep import Sleep, ms_units, units


@coroutine
def _turn():
    yield


def sleep(t):
    """Let other tasks run for `t` seconds (a float or an int; 0 or less: once round the ready tasks)."""
    return _turn() if t == 0 else _sleep(units(t))


def sleep_ms(t):
    """Let other tasks run for `t` milliseconds; 0 or less: once round the ready tasks."""
    return _sleep(ms_units(t))


def _sleep(delay):
    return Sleep(delay) if delay else _turn()
