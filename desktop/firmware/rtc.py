"""machine.RTC: the clock that `time` shows too, and its alarm. pyb.RTC is in pyb_rtc."""

from __future__ import annotations

import time
from calendar import timegm
from typing import TYPE_CHECKING, Any

from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

SECOND = 1_000_000
MEMORY = 2048  # bytes of an ESP32's RTC that a program may have


class RTC(OfBoard):
    """The board's clock."""

    def __init__(self, id: int = 0) -> None:
        if id != 0:
            raise ValueError(f"RTC({id!r}) doesn't exist: there is RTC(0)")

    def datetime(self, when: Any = None) -> tuple[int, ...] | None:
        """(year, month, day, weekday, hours, minutes, seconds, subseconds), Monday being 0; or set it. ValueError."""
        if when is None:
            self._world.spend()
            us = self._world.calendar.now_us()
            found = time.gmtime(us // SECOND)
            return (*found[:3], found.tm_wday, *found[3:6], self._subseconds(us % SECOND))
        self._world.calendar.set_us(self._from(when))
        return None

    def _from(self, when: Any) -> int:
        if len(when) != 8:
            fields = "(year, month, day, weekday, hours, minutes, seconds, subseconds)"
            raise ValueError(f"datetime takes a tuple of 8, {fields}, not {when!r}")
        year, month, day, _, hours, minutes, seconds, _ = when
        ranges = {"month": (month, 1, 12), "day": (day, 1, 31), "hours": (hours, 0, 23)}
        ranges |= {"minutes": (minutes, 0, 59), "seconds": (seconds, 0, 59), "year": (year, 1970, 2099)}
        for name, (value, least, most) in ranges.items():
            if not least <= value <= most:
                raise ValueError(f"{name} is {least} to {most}, not {value!r}")
        return timegm((year, month, day, hours, minutes, seconds)) * SECOND

    def _subseconds(self, us: int) -> int:
        return us if self._board.kind.platform == "esp32" else 0

    def init(self, when: Any = None) -> None:
        """Of an ESP32: as `datetime`."""
        if when is not None:
            self.datetime(when)

    def memory(self, data: Any = None) -> bytes | None:
        """Of an ESP32: up to 2048 bytes that are kept through deep sleep and resets; or set them. ValueError."""
        if data is None:
            return bytes(self._board.kept.get("RTC", b""))
        if len(data) > MEMORY:
            raise ValueError(f"buffer too long: the memory of an RTC has {MEMORY} bytes, not {len(data)}")
        self._board.kept["RTC"] = bytes(data)
        return None


def rtc_class(world: World) -> type[RTC]:
    """The RTC of `world`'s application."""
    return bound(RTC, world, "machine")
