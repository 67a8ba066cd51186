"""What a type checker knows of `heartbeat_client`."""

from ssl import SSLContext

from .channel import Channel

class HeartbeatClient(Channel):
    last_error: BaseException | None

    def __init__(
        self,
        host: str,
        port: int = 8123,
        *,
        name: str | None = None,
        timeout: float = 20,
        retry: float = 1,
        max_retry: float = 30,
        window: int = 10,
        max_length: int = 1000,
        ssl: SSLContext | bool | None = None,
    ) -> None: ...
    async def run(self) -> None: ...
