"""What a type checker knows of `iterating`: the items are those of the iterable, or of what its function gives."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from types import TracebackType
from typing import Any, TypeVar, overload

from typing_extensions import Self

from .worker import Pool

_T = TypeVar("_T")

LINGER: int

turn: Awaitable[None]

class iterate(AsyncIterator[_T]):
    @overload
    def __init__(
        self, source: Iterable[_T], *, batch: int = 64, ahead: int = 1, pool: Pool | None = None
    ) -> None: ...
    @overload  # not a ParamSpec: that leaves no room for the keywords
    def __init__(
        self, source: Callable[..., Iterable[_T]], *args: Any, batch: int = 64, ahead: int = 1, pool: Pool | None = None
    ) -> None: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _T: ...
    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None: ...
    def __del__(self) -> None: ...
