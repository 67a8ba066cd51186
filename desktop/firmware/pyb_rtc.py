"""pyb.RTC: as machine.RTC, with the weekdays and subseconds of an STM32, and its wake-up timer."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from .of_board import bound
from .rtc import RTC as MachineRTC
from .rtc import SECOND
from .timer import Ticker

if TYPE_CHECKING:
    from .world import World

WAKEUP_LINE = 22  # of the interrupt, with which the callback is called


class RTC(MachineRTC):
    """The board's clock."""

    _wakeup: ClassVar[list[Ticker]]

    def datetime(self, when: Any = None) -> tuple[int, ...] | None:
        """(year, month, day, weekday, hours, minutes, seconds, subseconds); or set it. ValueError.

        Weekdays are 1 to 7, Monday being 1; subseconds count down from 255 to 0.
        """
        found = super().datetime(when)
        return None if found is None else (*found[:3], found[3] + 1, *found[4:])

    def _from(self, when: Any) -> int:
        us = super()._from(when)
        return us + (255 - min(255, max(0, int(when[7])))) * SECOND // 256

    def _subseconds(self, us: int) -> int:
        return 255 - us * 256 // SECOND

    def wakeup(self, timeout: int | None, callback: Callable[[int], object] | None = None) -> None:
        """Have `callback(22)` called as a hard interrupt every `timeout` ms; None: no more."""
        for ticker in self._wakeup:
            ticker.stop()
        self._wakeup.clear()
        if timeout is None:
            return
        if timeout <= 0:
            raise ValueError(f"timeout is in ms and more than 0, not {timeout!r}")

        def tick() -> None:
            if callback is not None:
                self._board.interrupts.request(callback, WAKEUP_LINE, True, "RTC.wakeup", ticker.stop)

        ticker = Ticker(self._board, tick)
        self._wakeup.append(ticker)
        ticker.start(Fraction(timeout * 1000))

    def calibration(self, cal: int | None = None) -> int:
        """Steps of 2**-20 by which the clock is made to go faster, -511 to 512; or set them. ValueError."""
        if cal is not None:
            if not -511 <= cal <= 512:
                raise ValueError(f"a calibration is -511 to 512, not {cal!r}")
            self._world.calendar.calibration = cal
        return self._world.calendar.calibration

    def info(self) -> int:
        """How the clock came up: nothing to report."""
        return 0


def rtc_class(world: World) -> type[RTC]:
    """pyb's RTC of `world`'s application."""
    return bound(RTC, world, "pyb", _wakeup=[])
