"""What a type checker knows of `shielding`: the result is that of what is shielded."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, TypeVar

_T = TypeVar("_T")

def shield(aw: Awaitable[_T] | Generator[Any, Any, _T]) -> Coroutine[Any, Any, _T]: ...
