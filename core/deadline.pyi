"""What a type checker knows of `deadline`: the result is that of what is awaited."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

_T = TypeVar("_T")

async def wait_for(
    aw: Awaitable[_T] | Generator[Any, Any, _T],
    timeout: float | None,
    sleep: Callable[[float], Awaitable[None]] | None = None,
) -> _T: ...
async def wait_for_ms(aw: Awaitable[_T] | Generator[Any, Any, _T], timeout: float | None) -> _T: ...
