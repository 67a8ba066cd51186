"""What a type checker knows of `crontab`: each of the arguments is a number, or several."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

_Numbers: TypeAlias = int | Iterable[int]

DAY: int
YEARS: int
GAP: int
SHORTEST: int
MONDAY: int
FULL_WEEKS: int

def cron(
    *,
    secs: _Numbers = 0,
    mins: _Numbers | None = 0,
    hrs: _Numbers | None = 3,
    mday: _Numbers | None = None,
    month: _Numbers | None = None,
    wday: _Numbers | None = None,
) -> Callable[[float], int]: ...
