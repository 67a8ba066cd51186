"""What a type checker knows of `arrivals`. A subclass says what its items are."""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from typing_extensions import Self

_C = TypeVar("_C", bound=type[Arrivals])

class Arrivals(AsyncIterator[Any]):
    here: Any
    def __init__(self, here: Any) -> None: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> Any: ...

def quick(cls: _C) -> _C: ...
