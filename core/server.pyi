"""What a type checker knows of `server`: the callback may be a coroutine function or not."""

from collections.abc import Callable
from ssl import SSLContext
from types import TracebackType
from typing import Any, TypeAlias

from typing_extensions import Self

from .stream import Stream
from .task import Task

_Callback: TypeAlias = Callable[[Stream, Stream], object]

PAUSE: int
AT_ONCE: int

async def start_server(
    cb: _Callback, host: str | None, port: int | str, backlog: int = 5, ssl: SSLContext | None = None
) -> Server: ...

class Server:
    sockets: tuple[Any, ...]
    def __init__(self, sock: Any, cb: _Callback, ssl: SSLContext | None) -> None: ...
    def close(self) -> None: ...
    def is_serving(self) -> bool: ...
    def close_clients(self) -> None: ...
    async def wait_closed(self) -> None: ...
    async def serve_forever(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, *exc: type[BaseException] | BaseException | TracebackType | None
    ) -> None: ...
    def child_done(self, task: Task[Any]) -> None: ...
