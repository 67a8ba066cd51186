"""`time`: MicroPython's ticks, sleeps and calendar, by the time of the board.

Each call takes a little virtual time, so that a loop which polls the time comes to its end.
"""

from __future__ import annotations

import time
from calendar import timegm
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

PERIOD = 1 << 30
MASK, HALF = PERIOD - 1, PERIOD // 2


def ticks_add(ticks: int, delta: int) -> int:
    """`delta` ticks after `ticks`. OverflowError for half a period or more: which way would that be?"""
    if not -HALF < delta < HALF:
        raise OverflowError(f"ticks interval overflow: {delta} is half of the period of the ticks, {PERIOD}, or more")
    return (ticks + delta) & MASK


def ticks_diff(new: int, old: int) -> int:
    """Ticks from `old` to `new`, negative if it is the other way round."""
    return ((new - old + HALF) & MASK) - HALF


def make(world: World) -> ModuleType:
    """`time` for the application of one board."""
    now, spend, calendar = world.time.now, world.spend, world.calendar

    def ticks_ms() -> int:
        spend()
        return now() // 1000 & MASK

    def ticks_us() -> int:
        spend()
        return now() & MASK

    def sleep(seconds: float) -> None:
        """For so many seconds. Soft interrupts run meanwhile."""
        world.sleep_us(round(seconds * 1_000_000))

    def sleep_ms(ms: int) -> None:
        world.sleep_us(ms * 1000)

    def sleep_us(us: int) -> None:
        world.sleep_us(us)

    def time_ns() -> int:
        """Nanoseconds since the board's epoch."""
        spend()
        return calendar.now_us() * 1000 - calendar.epoch * 1_000_000_000

    def seconds() -> int:
        """Seconds since the board's epoch, a whole number."""
        return time_ns() // 1_000_000_000

    def gmtime(secs: float | None = None) -> tuple[int, ...]:
        """(year, month, day, hour, minute, second, weekday, day of the year) of `secs`, of now without it."""
        found = time.gmtime((seconds() if secs is None else int(secs)) + calendar.epoch)
        return (*found[:6], found.tm_wday, found.tm_yday)

    def mktime(when: Any) -> int:
        """Seconds since the board's epoch of such a tuple of 8; what is too much in a field goes over to the next."""
        if len(when) not in (8, 9):
            raise TypeError(f"mktime needs a tuple of length 8 or 9, not {len(when)}")
        year, month, *rest = when[:6]
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        return timegm((year, month, *rest)) - calendar.epoch

    return module(
        "time",
        ticks_ms=ticks_ms,
        ticks_us=ticks_us,
        ticks_cpu=ticks_us,
        ticks_add=ticks_add,
        ticks_diff=ticks_diff,
        sleep=sleep,
        sleep_ms=sleep_ms,
        sleep_us=sleep_us,
        time=seconds,
        time_ns=time_ns,
        gmtime=gmtime,
        localtime=gmtime,
        mktime=mktime,
    )
