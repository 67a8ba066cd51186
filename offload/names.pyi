"""What a type checker knows of `names`: addresses as the standard library's socket has them."""

from typing import Any

TIMEOUT: int

async def getaddrinfo(
    host: str | bytes | None,
    port: str | bytes | int | None,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
    timeout: float | None = 10,
) -> list[tuple[Any, Any, int, str, tuple[Any, ...]]]: ...
async def gethostbyname(host: str, timeout: float | None = 10) -> str: ...
