"""What a type checker knows of `gps`: the format decides of what a coordinate consists; callbacks take the receiver."""

from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Literal, Protocol, overload, type_check_only

from typing_extensions import Self

from .gps_text import DD as DD
from .gps_text import DM as DM
from .gps_text import DMS as DMS
from .gps_text import DMY as DMY
from .gps_text import KML as KML
from .gps_text import KNOT as KNOT
from .gps_text import KPH as KPH
from .gps_text import LONG as LONG
from .gps_text import MDY as MDY
from .gps_text import MPH as MPH
from .gps_text import _DateFormat, _Format, _Unit
from .nmea import ALTITUDE as ALTITUDE
from .nmea import COURSE as COURSE
from .nmea import DATE as DATE
from .nmea import GGA as GGA
from .nmea import GLL as GLL
from .nmea import GSA as GSA
from .nmea import GSV as GSV
from .nmea import NMEA
from .nmea import POSITION as POSITION
from .nmea import RMC as RMC
from .nmea import VTG as VTG

__all__ = (
    "ALTITUDE", "AS_GPS", "COURSE", "DATE", "DD", "DM", "DMS", "DMY", "GGA", "GLL", "GSA", "GSV", "KML", "KNOT", "KPH",
    "LONG", "MDY", "MPH", "POSITION", "RMC", "VTG",
)  # fmt: skip

@type_check_only
class _Reader(Protocol):  # a Stream
    async def read(self, n: int, /) -> bytes: ...

EPOCH: int
CHUNK: int
DAY: int
KINDS: tuple[int, ...]
ALL: int

class AS_GPS(NMEA):
    pause_ms: float
    local_offset: float

    def __init__(
        self,
        sreader: _Reader | None,
        local_offset: float = 0,
        fix_cb: Callable[Concatenate[Self, int, ...], object] | None = None,
        cb_mask: int = ...,
        fix_cb_args: Iterable[Any] = (),
    ) -> None: ...
    async def data_received(
        self, position: bool = False, course: bool = False, date: bool = False, altitude: bool = False
    ) -> None: ...
    async def get_satellite_data(self) -> dict[int, tuple[int | None, int | None, int]]: ...
    @overload
    def latitude(self, coord_format: Literal[1] = 1) -> tuple[float, Literal["N", "S"]]: ...
    @overload
    def latitude(self, coord_format: Literal[2]) -> tuple[int, int, int, Literal["N", "S"]]: ...
    @overload
    def latitude(self, coord_format: Literal[3]) -> tuple[int, float, Literal["N", "S"]]: ...
    @overload
    def longitude(self, coord_format: Literal[1] = 1) -> tuple[float, Literal["E", "W"]]: ...
    @overload
    def longitude(self, coord_format: Literal[2]) -> tuple[int, int, int, Literal["E", "W"]]: ...
    @overload
    def longitude(self, coord_format: Literal[3]) -> tuple[int, float, Literal["E", "W"]]: ...
    def latitude_string(self, coord_format: _Format = 3) -> str: ...
    def longitude_string(self, coord_format: _Format = 3) -> str: ...
    def speed(self, units: _Unit = 10) -> float: ...
    def speed_string(self, units: _Unit = 10) -> str: ...
    def compass_direction(self) -> str: ...
    def time_since_fix(self) -> int: ...
    @property
    def epoch_time(self) -> int: ...
    @property
    def utc(self) -> list[int]: ...
    @property
    def local_time(self) -> list[int]: ...
    @property
    def date(self) -> list[int]: ...
    def time_string(self, local: bool = True) -> str: ...
    def date_string(self, formatting: _DateFormat = 20) -> str: ...
    def close(self) -> None: ...
    async def _update(self, line: bytes | str) -> str | None: ...  # upstream's programs call it

def check_callback(name: str, func: object) -> None: ...
