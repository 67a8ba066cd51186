"""What a type checker knows of `gps_text`: the format decides of what a coordinate consists."""

from typing import Literal, TypeAlias, TypeVar, overload

_Side = TypeVar("_Side", bound=str)

_Format: TypeAlias = Literal[1, 2, 3, 4]
_Unit: TypeAlias = Literal[10, 11, 12]
_DateFormat: TypeAlias = Literal[20, 21, 22]

DD: Literal[1]
DMS: Literal[2]
DM: Literal[3]
KML: Literal[4]
KPH: Literal[10]
MPH: Literal[11]
KNOT: Literal[12]
MDY: Literal[20]
DMY: Literal[21]
LONG: Literal[22]

@overload
def coordinate(where: tuple[int, int, _Side], fmt: Literal[1]) -> tuple[float, _Side]: ...
@overload
def coordinate(where: tuple[int, int, _Side], fmt: Literal[2]) -> tuple[int, int, int, _Side]: ...
@overload
def coordinate(where: tuple[int, int, _Side], fmt: Literal[3]) -> tuple[int, float, _Side]: ...
def coordinate_string(where: tuple[int, int, str], fmt: _Format) -> str: ...
def speed(knots: float, unit: _Unit) -> float: ...
def speed_string(knots: float, unit: _Unit) -> str: ...
def compass_point(course: float) -> str: ...
def time_string(second: int, ms: int) -> str: ...
def date_string(day: int, month: int, year: int, fmt: _DateFormat) -> str: ...
