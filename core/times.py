"""Times as users give them, and in the units of a scheduler's clock: microseconds on CPython, milliseconds on MicroPython."""

from .lazy import load
from .native import MICROPYTHON

UNITS_PER_MS = 1 if MICROPYTHON else 1000
CLOCK_HZ = 1000 * UNITS_PER_MS
CENTURY = 3e9  # seconds; what is longer, infinity too, is as long: no limit to anybody, and no clock's limit either


def units(seconds):
    """`seconds` in clock units, rounded down, at least 0. TypeError or ValueError say what is no time."""
    try:
        if seconds <= 0:
            return 0
        if seconds > CENTURY:
            seconds = CENTURY
        return int(seconds * CLOCK_HZ)
    except (TypeError, ValueError):
        raise load("misuse", "not_a_time")(seconds) from None


def ms_units(ms):
    """`ms` milliseconds in clock units, rounded down, at least 0."""
    if ms > CENTURY * 1000:
        ms = CENTURY * 1000
    return 0 if ms <= 0 else int(ms * UNITS_PER_MS)
