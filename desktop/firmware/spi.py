"""machine.SPI and SoftSPI: the master of a bus on which the device answers whose chip select is low."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..board.buses import SPIBus
from . import pins_of
from .i2c import as_bytes
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from ..board import Board
    from .world import World


class SPIMaster(OfBoard):
    """What both can. `_pins`: names by role; without a MISO, what is read is at rest."""

    MSB = 0
    LSB = 1
    _bus: SPIBus
    _beside: SPIBus | None = None  # what was attached to these very pins, not to the number of the bus
    _pins: dict[str, str]
    _baudrate = 1_000_000
    _user: str

    def _set(self, baudrate: int, polarity: int, phase: int, bits: int, firstbit: int) -> None:
        if baudrate <= 0:
            raise ValueError(f"baudrate is in Hz and more than 0, not {baudrate!r}")
        if polarity not in (0, 1) or phase not in (0, 1):
            raise ValueError(f"polarity and phase are 0 or 1, not {polarity!r} and {phase!r}")
        if firstbit != self.MSB:
            raise NotImplementedError("LSB first is not simulated; most ports don't have it either")
        if bits not in range(4, 17):
            raise ValueError(f"bits is 4 to 16, not {bits!r}")
        self._baudrate = int(baudrate)

    def _claim(self) -> None:
        pins_of.release(self._board, self._user)
        pins_of.claim(self._board, self._user, *self._pins.values())

    def read(self, nbytes: int, write: int = 0x00) -> bytes:
        """Read that many bytes, while the byte `write` is written again and again."""
        self._board.interrupts.refuse("make the bytes that SPI.read returns: use readinto")
        return self._exchange(bytes((write,)) * nbytes)

    def readinto(self, buf: Any, write: int = 0x00) -> None:
        """Fill `buf`, while the byte `write` is written again and again."""
        buf[:] = self._exchange(bytes((write,)) * len(buf))

    def write(self, buf: Any) -> None:
        """Write `buf`, and drop what is read meanwhile."""
        self._exchange(as_bytes(buf))

    def write_readinto(self, write_buf: Any, read_buf: Any) -> None:
        """Write the one and fill the other, at once. ValueError if they differ in length."""
        data = as_bytes(write_buf)
        if len(data) != len(read_buf):
            raise ValueError(f"buffers must be the same length, not {len(data)} and {len(read_buf)}")
        read_buf[:] = self._exchange(data)

    def deinit(self) -> None:
        """Let the pins go."""
        pins_of.release(self._board, self._user)

    def _exchange(self, data: bytes) -> bytes:
        self._board.time.spend(8 * len(data) * 1_000_000 // self._baudrate)
        if self._is_looped():
            return data
        answer = self._bus.exchange(data)[: len(data)].ljust(len(data), b"\xff")
        if self._beside is None:
            return answer
        more = self._beside.exchange(data)[: len(data)].ljust(len(data), b"\xff")
        return bytes([one & other for one, other in zip(answer, more, strict=True)])  # who is not selected is at rest

    def _is_looped(self) -> bool:
        """Whether a wire joins MOSI and MISO."""
        if "mosi" not in self._pins or "miso" not in self._pins:
            return False
        return self._board.line(self._pins["miso"]) in self._board.line(self._pins["mosi"]).joined()


class SPI(SPIMaster):
    """Bus number `id`. Args: baudrate, Hz; polarity, phase; bits; sck, mosi, miso, Pins. ValueError for what isn't."""

    def __init__(self, id: Any, *args: Any, **settings: Any) -> None:
        self._board.interrupts.refuse("make an SPI")
        self._id = pins_of.number_of(self._board, "SPI", id)
        self._user = f"SPI({self._id})"
        self._bus = self._board.spi(self._id)
        self.init(*args, **settings)

    def init(
        self, baudrate: int = 1_000_000, polarity: int = 0, phase: int = 0, bits: int = 8, firstbit: int = 0, *,
        sck: Any = None, mosi: Any = None, miso: Any = None,
    ) -> None:
        """Set it up anew; pins that are not given stay."""
        self._set(baudrate, polarity, phase, bits, firstbit)
        given = {"sck": sck, "mosi": mosi, "miso": miso}
        before = getattr(self, "_pins", {})
        given = {role: before.get(role) if pin is None else pin for role, pin in given.items()}
        self._pins = pins_of.pins_for(self._board, "SPI", self._id, given)
        self._beside = self._board.spi(tuple(self._pins.values()))
        self._claim()

    def __repr__(self) -> str:
        return f"SPI({self._id}, baudrate={self._baudrate}, {', '.join(f'{r}={p}' for r, p in self._pins.items())})"


class SoftSPI(SPIMaster):
    """A bus on any pins. What is attached to a hardware bus that has these pins is there too."""

    def __init__(
        self, baudrate: int = 500_000, *, polarity: int = 0, phase: int = 0, bits: int = 8, firstbit: int = 0,
        sck: Any, mosi: Any = None, miso: Any = None,
    ) -> None:
        self._board.interrupts.refuse("make an SPI")
        self._set(baudrate, polarity, phase, bits, firstbit)
        roles = {"sck": sck, "mosi": mosi, "miso": miso}
        self._pins = {role: pins_of.name_of(self._board, pin) for role, pin in roles.items() if pin is not None}
        pins = tuple(self._pins.get(role) for role in roles)
        self._user = f"SoftSPI({', '.join(map(str, pins))})"
        self._bus = self._board.spi(_bus_of(self._board, pins))
        self._claim()

    def init(self, baudrate: int = 500_000, **settings: Any) -> None:
        """Set the speed and mode anew; the pins stay."""
        polarity, phase = settings.get("polarity", 0), settings.get("phase", 0)
        self._set(baudrate, polarity, phase, settings.get("bits", 8), settings.get("firstbit", 0))

    def __repr__(self) -> str:
        return f"{self._user[:-1]}, baudrate={self._baudrate})"


def _bus_of(board: Board, pins: tuple[str | None, ...]) -> Any:
    """The number of the hardware bus that has these pins, else the pins."""
    for number, there in pins_of.DEFAULTS[board.kind.platform]["SPI"].items():
        if all(pin is None or pin == other for pin, other in zip(pins, there, strict=True)):
            return number
    return pins


def spi_classes(world: World) -> tuple[type[SPI], type[SoftSPI]]:
    """SPI and SoftSPI of `world`'s application."""
    return bound(SPI, world, "machine"), bound(SoftSPI, world, "machine")
