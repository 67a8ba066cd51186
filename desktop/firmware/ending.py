"""The loops and waits of an application's threads, so that they end with their board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..board.clock import BoardClock
from ..board.timekeeper import Sleeper, Timekeeper


class _UntilOff:
    """A Sleeper that is ready too when `off` has something in it; `notify` then ends the sleep."""

    def __init__(self, inner: Sleeper, off: list[bool]) -> None:
        self._inner = inner
        self._off = off
        self.block = inner.block
        self.wake = self.notify = inner.wake

    def ready(self) -> bool:
        return len(self._off) > 0 or self._inner.ready()


class _Sleeping:
    """Of a board's Interrupts what its clock uses, for a thread that is not the main one."""

    def __init__(self, sleep: Callable[[int | None, Any], None], off: list[bool]) -> None:
        self._sleep = sleep
        self._off = off

    def sleep(self, until: int | None, sleeper: Sleeper) -> None:
        self._sleep(until, _UntilOff(sleeper, self._off))


def ending_clock(time: Timekeeper, sleep: Callable[[int | None, Any], None], off: list[bool]) -> BoardClock:
    """A clock like the board's; its sleeps go by `sleep(until, sleeper)`, which raises when `off` is not empty."""
    interrupts: Any = _Sleeping(sleep, off)
    return BoardClock(time, interrupts)
