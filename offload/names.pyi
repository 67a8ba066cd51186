"""What a type checker knows of `names`: addresses as the standard library's socket has them."""

from socket import AddressFamily, SocketKind
from typing import TypeAlias

_Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]

TIMEOUT: int

async def getaddrinfo(
    host: str | bytes | None,
    port: str | bytes | int | None,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
    timeout: float | None = 10,
) -> list[tuple[AddressFamily, SocketKind, int, str, _Address]]: ...
async def gethostbyname(host: str, timeout: float | None = 10) -> str: ...
