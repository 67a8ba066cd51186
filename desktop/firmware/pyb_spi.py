"""pyb.SPI: the same buses as machine.SPI's, with calls of other names, and a clock that is a power of two slower."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .i2c import as_bytes
from .of_board import bound
from .spi import SPIMaster

if TYPE_CHECKING:
    from .world import World

SOURCE = {1: 84_000_000, 2: 42_000_000}  # Hz of the clock that is divided, by bus: APB2's and APB1's of an STM32F405
PRESCALERS = tuple(1 << bits for bits in range(1, 9))
EINVAL = 22


class SPI(SPIMaster):
    """Bus 1 or 2, "X" or "Y". Args as `init`, without which it has to be set up by that."""

    MASTER = CONTROLLER = 0x104
    SLAVE = PERIPHERAL = 0
    MSB = 0
    LSB = 0x80

    def __init__(self, bus: Any, mode: int | None = None, *args: Any, **settings: Any) -> None:
        self._board.interrupts.refuse("make an SPI")
        self._id = pins_of.number_of(self._board, "SPI", bus)
        self._user = f"SPI({self._id})"
        self._bus = self._board.spi(self._id)
        self._prescaler = 0
        self._goes_on()
        if mode is not None or settings:
            self.init(self.MASTER if mode is None else mode, *args, **settings)

    def init(
        self, mode: int, baudrate: int = 328_125, *, prescaler: int | None = None, polarity: int = 1, phase: int = 0,
        bits: int = 8, firstbit: int = 0, ti: bool = False, crc: int | None = None,
    ) -> None:
        """Set it up. Args: mode, SPI.MASTER; prescaler, a power of two by which the bus's clock is divided, else
        baudrate, Hz, which is kept below; polarity, the level of a clock at rest; phase. ValueError.
        """
        if mode == self.SLAVE:
            raise NotImplementedError("SPI.SLAVE is not simulated: use UART or I2C.SLAVE between boards")
        if mode != self.MASTER:
            raise ValueError(f"mode is SPI.MASTER, not {mode!r}")
        if prescaler is None:
            prescaler = next((each for each in PRESCALERS if SOURCE[self._id] <= baudrate * each), PRESCALERS[-1])
        elif prescaler not in PRESCALERS:
            raise ValueError(f"prescaler is a power of two, 2 to 256, not {prescaler!r}")
        if baudrate <= 0:
            raise ValueError(f"baudrate is in Hz and more than 0, not {baudrate!r}")
        self._set(SOURCE[self._id] // prescaler, polarity, phase, bits, firstbit)
        self._mode = f"polarity={polarity}, phase={phase}, bits={bits}"
        self._pins = pins_of.pins_for(self._board, "SPI", self._id, {})
        self._beside = self._board.spi(tuple(self._pins.values()))
        self._claim()
        self._prescaler = prescaler

    def deinit(self) -> None:
        """Let the pins go."""
        self._prescaler = 0
        super().deinit()

    def send(self, send: Any, *, timeout: int = 5000) -> None:
        """Write a byte or a buffer."""
        self.write(_data(send))

    def recv(self, recv: Any, *, timeout: int = 5000) -> Any:
        """Read so many bytes, or fill a buffer, which is returned."""
        if isinstance(recv, int):
            return self.read(recv)
        self.readinto(recv)
        return recv

    def send_recv(self, send: Any, recv: Any = None, *, timeout: int = 5000) -> Any:
        """Write a byte or a buffer, and read as much: into the buffer `recv`, or as bytes. ValueError if it is smaller
        or larger.
        """
        data = _data(send)
        if recv is None:
            self._board.interrupts.refuse("make the bytes that SPI.send_recv returns: give it a bytearray made before")
            return self._exchange(data)
        self.write_readinto(data, recv)
        return recv

    def _exchange(self, data: bytes) -> bytes:
        if not self._prescaler:
            raise OSError(EINVAL, f"{self._user} is off: call init(SPI.MASTER) first")
        return super()._exchange(data)

    def __repr__(self) -> str:
        if not self._prescaler:
            return f"SPI({self._id})"
        clock = f"baudrate={self._baudrate}, prescaler={self._prescaler}"
        return f"SPI({self._id}, SPI.MASTER, {clock}, {self._mode})"


def _data(given: Any) -> bytes:
    return bytes((given & 0xFF,)) if isinstance(given, int) else as_bytes(given)


def spi_class(world: World) -> type[SPI]:
    """pyb's SPI of `world`'s application."""
    return bound(SPI, world, "pyb")
