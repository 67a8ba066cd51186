"""What a type checker knows of `scheduling`: the arguments of what is scheduled are checked, and those of `cron`."""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypedDict, overload, type_check_only

from typing_extensions import Self, TypeVar, TypeVarTuple, Unpack

from ..core.task import Task
from .crontab import _Numbers

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
_Args = TypeVar("_Args", default=tuple[Any, ...])

SLICE: int
SET: int
CORRECTION: int

@type_check_only
class _Times(TypedDict, total=False):
    secs: _Numbers
    mins: _Numbers | None
    hrs: _Numbers | None
    mday: _Numbers | None
    month: _Numbers | None
    wday: _Numbers | None

@type_check_only
class _EventLike(Protocol):
    def set(self) -> object: ...

class Sequence(Generic[_Args]):
    def __init__(self) -> None: ...
    def trigger(self, args: _Args) -> None: ...
    def __len__(self) -> int: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Coroutine[Any, Any, _Args]: ...

@overload
def schedule(
    func: Sequence[tuple[Unpack[_Ts]]],
    *args: Unpack[_Ts],
    times: int | None = None,
    now: Callable[[], float] | None = None,
    **cron_args: Unpack[_Times],
) -> Coroutine[Any, Any, None]: ...
@overload
def schedule(
    func: Callable[[Unpack[_Ts]], Coroutine[Any, Any, _T]],
    *args: Unpack[_Ts],
    times: int | None = None,
    now: Callable[[], float] | None = None,
    **cron_args: Unpack[_Times],
) -> Coroutine[Any, Any, Task[_T] | None]: ...
@overload
def schedule(
    func: Callable[[Unpack[_Ts]], _T],
    *args: Unpack[_Ts],
    times: int | None = None,
    now: Callable[[], float] | None = None,
    **cron_args: Unpack[_Times],
) -> Coroutine[Any, Any, _T | None]: ...
@overload
def schedule(
    func: _EventLike,
    *args: Any,
    times: int | None = None,
    now: Callable[[], float] | None = None,
    **cron_args: Unpack[_Times],
) -> Coroutine[Any, Any, None]: ...
