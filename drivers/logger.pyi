"""What a type checker knows of `logger`: what is logged is bytes, or text."""

from collections.abc import Callable
from os import PathLike
from types import TracebackType
from typing import TypeAlias

from typing_extensions import Self

from ..core.flag import ThreadSafeFlag
from ..offload.worker import Worker

_Bytes: TypeAlias = bytes | bytearray | memoryview

class LogSource:
    dropped: int

    def __init__(self, size: int, flag: ThreadSafeFlag) -> None: ...
    def write(self, record: _Bytes, count: int = -1) -> bool: ...

class Logger:
    error: BaseException | None
    errors: int
    lost: int

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        size: int = 4096,
        interval: float = 1,
        rotate: int | None = None,
        keep: int = 1,
        mount: Callable[[], object] | None = None,
        retry: float = 5,
        on_error: Callable[[BaseException | None], object] | None = None,
        worker: Worker | None = None,
    ) -> None: ...
    @property
    def dropped(self) -> int: ...
    @property
    def written(self) -> int: ...
    @property
    def rotations(self) -> int: ...
    def write(self, record: _Bytes | str) -> bool: ...
    def line(self, text: str) -> bool: ...
    def source(self, size: int = 256) -> LogSource: ...
    async def flush(self, timeout: float | None = None) -> None: ...
    async def close(self, timeout: float | None = None) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: type[BaseException] | BaseException | TracebackType | None) -> None: ...
