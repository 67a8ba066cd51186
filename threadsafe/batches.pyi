"""What a type checker knows of `batches`: each is a list of the queue's items."""

from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from typing_extensions import Self

from .queue import ThreadSafeQueue

_T = TypeVar("_T")

ALL: int

class Batches(AsyncIterator[list[_T]]):
    def __init__(self, queue: ThreadSafeQueue[_T], most: int | None) -> None: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Awaitable[list[_T]]: ...
