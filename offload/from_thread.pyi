"""What a type checker knows of `from_thread`: the function's result, and its arguments."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from typing_extensions import TypeVarTuple, Unpack

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")

def run(async_fn: Callable[[Unpack[_Ts]], Coroutine[Any, Any, _T]], *args: Unpack[_Ts]) -> _T: ...
def run_sync(fn: Callable[[Unpack[_Ts]], _T], *args: Unpack[_Ts]) -> _T: ...
def start_soon(fn: Callable[[Unpack[_Ts]], object], *args: Unpack[_Ts]) -> Any: ...
