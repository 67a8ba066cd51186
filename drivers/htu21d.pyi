"""What a type checker knows of `htu21d`: a Reading is a pair of floats."""

from collections.abc import AsyncIterator, Generator
from typing import Any, NamedTuple, Protocol, type_check_only

@type_check_only
class _I2C(Protocol):  # a machine.I2C
    def scan(self) -> list[int]: ...
    def writeto(self, addr: int, buf: bytes, /) -> object: ...
    def readfrom(self, addr: int, nbytes: int, /) -> bytes: ...
    def readfrom_into(self, addr: int, buf: bytearray, /) -> object: ...

ADDRESS: int
TEMPERATURE: bytes
HUMIDITY: bytes
READ_REGISTER: bytes
RESET: bytes
TEMPERATURE_MS: int
HUMIDITY_MS: int
RESET_MS: int
RETRY_MS: int
LOOKS: int
ENODEV: int

class Reading(NamedTuple):
    temperature: float
    humidity: float

class BadChecksum(OSError): ...

class HTU21D:
    temperature: float | None
    humidity: float | None
    error: OSError | None
    readings: int
    bus_errors: int
    crc_errors: int

    def __init__(self, i2c: _I2C, read_delay: float = 10, address: int = ...) -> None: ...
    def age(self) -> int | None: ...
    def user_register(self) -> int: ...
    async def wait(self) -> Reading: ...
    def __await__(self) -> Generator[Any, Any, Reading]: ...
    def __aiter__(self) -> AsyncIterator[Reading]: ...
    def deinit(self) -> None: ...

def crc8(data: bytes | bytearray) -> int: ...
