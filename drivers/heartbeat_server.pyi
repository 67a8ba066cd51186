"""What a type checker knows of `heartbeat_server`: the handler is a coroutine function of a Channel."""

from collections.abc import Callable, Coroutine
from ssl import SSLContext
from typing import Any

from .channel import Channel

async def echo(channel: Channel) -> None: ...

class HeartbeatServer:
    clients: dict[str, Channel]
    refused: int

    def __init__(
        self,
        host: str = "0.0.0.0",
        port: int = 8123,
        backlog: int = 5,
        timeout: float = 20,
        *,
        handler: Callable[[Channel], Coroutine[Any, Any, object]] = ...,
        forget: float = 60,
        max_clients: int = 20,
        window: int = 10,
        max_length: int = 1000,
        ssl: SSLContext | None = None,
    ) -> None: ...
    @property
    def port(self) -> int | None: ...
    async def run(self) -> None: ...
    def close(self) -> None: ...
