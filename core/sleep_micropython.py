"""sleep and sleep_ms on MicroPython: they allocate nothing.

The awaitable is the calling core's own, over and over. Where one is held back without being awaited, it is left to
its holder and a new one takes its place, so no sleep is ever mistaken for another.
"""

from .native import ident
from .sleep import Sleep, ms_units, units

_first = ident()  # the thread that imported this; others are looked up
_own = Sleep(-1)
_others = {}  # thread -> Sleep; replaced whole, never mutated, since other threads read it


def sleep_ms(t):
    """Let other tasks run for `t` milliseconds; 0 or less: once round the ready tasks."""
    it = _own if ident() == _first else _others.get(ident())
    if it is None or it.delay >= 0:
        it = _replace()
    it.delay = 0 if t <= 0 else ms_units(t)
    return it


def sleep(t):
    """Let other tasks run for `t` seconds (a float or an int; 0 or less: once round the ready tasks)."""
    delay = units(t)
    it = sleep_ms(0)
    it.delay = delay
    return it


def _replace():
    global _own, _others
    it = Sleep(-1)
    if ident() == _first:
        _own = it
    else:
        others = _others.copy()
        others[ident()] = it
        _others = others
    return it
