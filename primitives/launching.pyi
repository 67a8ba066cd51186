"""What a type checker knows of `launching`: what comes of a call, and that the arguments fit."""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar, overload

from typing_extensions import TypeVarTuple, Unpack

from ..core.task import Task

_T = TypeVar("_T")
_P = ParamSpec("_P")
_Ts = TypeVarTuple("_Ts")

def check_call(func: object, args: object) -> None: ...
def starts(result: object) -> bool: ...
@overload
def launch(func: Callable[[], Coroutine[Any, Any, _T]], args: tuple[()] = ()) -> Task[_T]: ...
@overload
def launch(func: Callable[[Unpack[_Ts]], Coroutine[Any, Any, _T]], args: tuple[Unpack[_Ts]]) -> Task[_T]: ...
@overload
def launch(func: Callable[[], _T], args: tuple[()] = ()) -> _T: ...
@overload
def launch(func: Callable[[Unpack[_Ts]], _T], args: tuple[Unpack[_Ts]]) -> _T: ...
@overload
async def schedule(
    func: Callable[_P, Coroutine[Any, Any, _T]], t: float, *args: _P.args, **kwargs: _P.kwargs
) -> _T: ...
@overload
async def schedule(func: Callable[_P, _T], t: float, *args: _P.args, **kwargs: _P.kwargs) -> _T: ...
def set_global_exception() -> None: ...
