"""What a type checker knows of `sd_card`."""

from collections.abc import Callable
from typing import Any, Protocol, type_check_only

@type_check_only
class _Pin(Protocol):  # a machine.Pin
    @property
    def init(self) -> Callable[..., Any]: ...
    def __call__(self, level: int, /) -> object: ...

EIO: int
ENODEV: int
EINVAL: int
EROFS: int
ETIMEDOUT: int
ESTALE: int

class SDCard:
    blocks: int
    starts: int
    crc_errors: int
    serial: int | None

    def __init__(self, spi: Any, cs: _Pin, baudrate: int = 20_000_000, crc: bool = True) -> None: ...
    def init(self) -> None: ...
    def readblocks(self, n: int, buf: bytearray | memoryview) -> None: ...
    def writeblocks(self, n: int, buf: bytes | bytearray | memoryview) -> None: ...
    def ioctl(self, op: int, arg: int) -> int | None: ...
