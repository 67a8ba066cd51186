"""What a type checker knows of `runner`: a run gives what its coroutine returns."""

from collections.abc import Awaitable, Generator
from contextvars import Context
from types import TracebackType
from typing import Any, TypeVar

from typing_extensions import Self

from .loop import Loop

_T = TypeVar("_T")

class Runner:
    def __init__(self, clock: Any = None, grace: float | None = None) -> None: ...
    def get_loop(self) -> Loop: ...
    def run(self, coro: Awaitable[_T] | Generator[Any, Any, _T], context: Context | None = None) -> _T: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None: ...
