"""What a type checker knows of `half_duplex`: an answer is lines of bytes."""

from collections.abc import Iterable
from typing import Any

from ..core.stream import Stream

QUIET_MS: int

class ResponseTooLong(Exception):
    lines: list[bytes]

    def __init__(self, lines: list[bytes]) -> None: ...

class HalfDuplex:
    unasked: int

    def __init__(
        self,
        port: Stream | Any,
        timeout: float = 4000,
        *,
        until: str | bytes | Iterable[str | bytes] = (),
        ending: str | bytes = b"\r\n",
        max_lines: int = 100,
        max_length: int = 256,
    ) -> None: ...
    @property
    def too_long(self) -> int: ...
    async def send_command(self, command: str | bytes | bytearray | memoryview | None) -> list[bytes]: ...
    def close(self) -> None: ...
