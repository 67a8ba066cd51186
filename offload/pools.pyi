"""What a type checker knows of `unblock`: it gives what the function returns, and the arguments are checked."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from .job import Job
from .worker import Pool

_T = TypeVar("_T")
_P = ParamSpec("_P")

MICROPYTHON: bool
SIZES: dict[str, int]
OTHER: int

def unblock(func: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Job[_T]: ...
def pool(name: str = "default") -> Pool: ...
