"""What a type checker knows of `polled`: the queue is one of what `read` returns, and of FailedReadings."""

from collections.abc import Callable
from types import TracebackType
from typing import Literal, Protocol, TypeVar, type_check_only

from typing_extensions import Self

from ..offload.worker import Worker

_T = TypeVar("_T")
_T_contra = TypeVar("_T_contra", contravariant=True)

@type_check_only
class _Queue(Protocol[_T_contra]):  # a ThreadSafeQueue
    def put_sync(self, item: _T_contra, block: Literal[False], /) -> object: ...

class FailedReading:
    error: Exception

    def __init__(self, error: Exception) -> None: ...

class Polled:
    reads: int
    failed: int
    missed: int
    late: int

    def __init__(
        self, read: Callable[[], _T], interval: float, queue: _Queue[_T | FailedReading], worker: Worker | None = None
    ) -> None: ...
    async def stop(self, timeout: float | None = None) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None: ...
