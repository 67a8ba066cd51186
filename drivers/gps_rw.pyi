"""What a type checker knows of `gps_rw`: callbacks take the receiver."""

from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Protocol, type_check_only

from typing_extensions import Self

from .gps import AS_GPS, _Reader

@type_check_only
class _Writer(Protocol):  # a Stream
    def write(self, buf: bytes, /) -> object: ...
    async def drain(self) -> object: ...

HOT_START: str
WARM_START: str
COLD_START: str
FULL_COLD_START: str
STANDBY: str
DEFAULT_SENTENCES: str
VERSION: str
ENABLE: str
ANTENNA: str
NO_ANTENNA: str
COMMANDS: tuple[str, ...]
BAUDRATES: tuple[int, ...]
SENTENCES: int
PLACES: tuple[tuple[str, int], ...]
SENDING_MS: int
INVALID: int
UNSUPPORTED: int
FAILED: int
DONE: int

class GPS(AS_GPS):
    version: list[str] | None
    enabled: dict[str, int] | None
    antenna: int

    def __init__(
        self,
        sreader: _Reader | None,
        swriter: _Writer | None,
        local_offset: float = 0,
        fix_cb: Callable[Concatenate[Self, int, ...], object] | None = None,
        cb_mask: int = ...,
        fix_cb_args: Iterable[Any] = (),
        msg_cb: Callable[Concatenate[Self, list[Any], ...], object] | None = None,
        msg_cb_args: Iterable[Any] = (),
    ) -> None: ...
    async def command(self, command: str) -> None: ...
    async def baudrate(self, value: int = 9600) -> None: ...
    async def update_interval(self, ms: int = 1000) -> None: ...
    async def enable(
        self, *, gll: int = 0, rmc: int = 1, vtg: int = 1, gga: int = 1, gsa: int = 1, gsv: int = 5, chan: int = 0
    ) -> None: ...
    async def send(self, body: str) -> None: ...
    async def request(self, body: str, timeout_ms: float | None = 2000) -> int: ...
    def parse(self, segs: list[str]) -> bool: ...
