"""What a type checker knows of `options`."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

from .job import Job, _Limited, _OnCancel

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

def limited(
    job: Job[_T],
    timeout: float | None = None,
    on_cancel: _OnCancel | None = None,
    dropped: Callable[[Any, BaseException | None], object] | None = None,
    progress: Callable[..., object] | None = None,
) -> _Limited[_T]: ...

class Options:
    timeout: float | None
    dropped: Callable[[Any, BaseException | None], object] | None
    progress: Any
    until: int
    begun: bool
    asked: Any
    undropped: Any

    def __init__(
        self,
        timeout: float | None,
        dropped: Callable[[Any, BaseException | None], object] | None,
        progress: Callable[..., object] | None,
    ) -> None: ...
    def begin(self, job: Job[Any], task: Any) -> None: ...
    def end(self, job: Job[Any]) -> None: ...
    def drop(self, job: Job[Any], error: BaseException | None, here: bool) -> bool: ...

class Insisting(Awaitable[_T_co], Generic[_T_co]):
    job: Job[_T_co]
    def __init__(self, job: Job[_T_co], signal: bool, must: bool = False) -> None: ...
    def options(
        self,
        timeout: float | None = None,
        on_cancel: _OnCancel | None = None,
        dropped: Callable[[Any, BaseException | None], object] | None = None,
        progress: Callable[..., object] | None = None,
    ) -> _Limited[_T_co]: ...
    def start(self) -> None: ...
    def tell(self) -> None: ...
    def __await__(self) -> Generator[Any, Any, _T_co]: ...
    __iter__ = __await__

def misused(job: Job[Any]) -> RuntimeError: ...
