"""What a type checker knows of `service`: its function's arguments are checked, and its result is known."""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from typing_extensions import TypeVarTuple, Unpack

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")

class Service(Generic[_T]):
    name: str

    def __init__(
        self,
        func: Callable[[Unpack[_Ts]], _T],
        *args: Unpack[_Ts],
        name: str | None = None,
        stack_size: int = 0,
        on_stop: Callable[[], object] | None = None,
    ) -> None: ...
    def start(self) -> None: ...
    def running(self) -> bool: ...
    def tell(self) -> None: ...
    def stop(self, timeout: float | None = None) -> Coroutine[Any, Any, _T | None]: ...
    def stop_sync(self, timeout: float | None = None) -> _T | None: ...
    def wait(self, timeout: float | None = None) -> Coroutine[Any, Any, _T | None]: ...
    async def restart(self, timeout: float | None = None) -> None: ...
