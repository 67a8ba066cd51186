"""machine.I2C and SoftI2C: the master of a bus to which simulated chips are attached.

Time passes for each byte. An error is an OSError with the number that the port gives, and a text with what a board
does not say: which bus and address, and what there is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..board.buses import I2CBus, Nak, NoDevice
from . import pins_of
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from ..board import Board
    from .world import World

T = TypeVar("T")
EIO, ENODEV = 5, 19


class Master(OfBoard):
    """What every I2C master can: `_bus` is what it is the master of."""

    _bus: I2CBus
    _freq: int
    _no_device = ENODEV  # what the port says when nothing acknowledges the address

    def scan(self) -> list[int]:
        """The addresses at which something answers."""
        self._board.interrupts.refuse("make the list that I2C.scan returns")
        self._spend(0x70 * 2)
        return self._bus.scan()

    def readfrom(self, addr: int, nbytes: int, stop: bool = True) -> bytes:
        """Read that many bytes from the device at `addr`. OSError."""
        self._board.interrupts.refuse("make the bytes that I2C.readfrom returns: use readfrom_into")
        return self._read(addr, nbytes, stop)

    def readfrom_into(self, addr: int, buf: Any, stop: bool = True) -> None:
        """Fill `buf` from the device at `addr`. OSError."""
        buf[:] = self._read(addr, len(buf), stop)

    def writeto(self, addr: int, buf: Any, stop: bool = True) -> int:
        """Write `buf` to the device at `addr`. Returns how many bytes were acknowledged. OSError."""
        data = as_bytes(buf)
        self._write(addr, data, stop)
        return len(data)

    def writevto(self, addr: int, vector: Sequence[Any], stop: bool = True) -> int:
        """Write the buffers of `vector`, one behind the other, to the device at `addr`. OSError."""
        return self.writeto(addr, b"".join(as_bytes(buf) for buf in vector), stop)

    def readfrom_mem(self, addr: int, memaddr: int, nbytes: int, *, addrsize: int = 8) -> bytes:
        """Read that many bytes from register `memaddr` of the device; its number has `addrsize` bits. OSError."""
        self._board.interrupts.refuse("make the bytes that I2C.readfrom_mem returns: use readfrom_mem_into")
        self._write(addr, _register(memaddr, addrsize), False)
        return self._read(addr, nbytes, True)

    def readfrom_mem_into(self, addr: int, memaddr: int, buf: Any, *, addrsize: int = 8) -> None:
        """Fill `buf` from register `memaddr` of the device. OSError."""
        self._write(addr, _register(memaddr, addrsize), False)
        buf[:] = self._read(addr, len(buf), True)

    def writeto_mem(self, addr: int, memaddr: int, buf: Any, *, addrsize: int = 8) -> None:
        """Write `buf` to register `memaddr` of the device. OSError."""
        self._write(addr, _register(memaddr, addrsize) + as_bytes(buf), True)

    def _read(self, addr: int, count: int, stop: bool) -> bytes:
        data = self._transfer(addr, lambda: self._bus.read(addr, count, stop), "doesn't acknowledge that it is read")
        self._spend(1 + count)
        return data

    def _write(self, addr: int, data: bytes, stop: bool) -> None:
        refused = f"doesn't acknowledge {data.hex(' ') or 'its address'}"
        self._transfer(addr, lambda: self._bus.write(addr, data, stop), refused)
        self._spend(1 + len(data))

    def _transfer(self, addr: int, action: Callable[[], T], refused: str) -> T:
        try:
            return action()
        except NoDevice as error:
            self._spend(1)
            raise OSError(self._no_device, f"{error}{elsewhere(self._board, self._bus, addr)}") from None
        except Nak:
            self._spend(1)
            raise OSError(EIO, f"the device at {addr:#x} on {self._bus.name} {refused}") from None

    def _spend(self, count: int) -> None:
        self._board.time.spend(9 * count * 1_000_000 // self._freq)


class I2C(Master):
    """Bus number `id`. Args: scl, sda, Pins; freq, Hz; timeout changes nothing. ValueError for what there is not."""

    def __init__(
        self, id: Any = -1, *, scl: Any = None, sda: Any = None, freq: int = 400_000, timeout: int = 50_000
    ) -> None:
        board = self._board
        board.interrupts.refuse("make an I2C")
        self._id = pins_of.number_of(board, "I2C", id)
        self._user = f"I2C({self._id})"
        self._pins = pins_of.pins_for(board, "I2C", self._id, {"scl": scl, "sda": sda})
        pins_of.release(board, self._user)
        for line in pins_of.claim(board, self._user, *self._pins.values()):
            line.pull(1)
        self._bus = board.i2c(self._id)
        self._freq = checked_freq(freq)

    def init(self, *, scl: Any = None, sda: Any = None, freq: int = 400_000) -> None:
        """Set it up anew."""
        type(self).__init__(self, self._id, scl=scl, sda=sda, freq=freq)

    def deinit(self) -> None:
        """Let the pins go."""
        pins_of.release(self._board, self._user)

    def __repr__(self) -> str:
        return f"I2C({self._id}, freq={self._freq}, scl={self._pins['scl']}, sda={self._pins['sda']})"


class SoftI2C(Master):
    """A bus on any two pins. What is attached to a hardware bus that has these pins is there too.

    Args: scl, sda, Pins; freq, Hz; timeout, us, which changes nothing.
    """

    def __init__(self, scl: Any, sda: Any, *, freq: int = 400_000, timeout: int = 50_000) -> None:
        board = self._board
        board.interrupts.refuse("make an I2C")
        pins = pins_of.name_of(board, scl), pins_of.name_of(board, sda)
        if pins[0] == pins[1]:
            raise ValueError(f"scl and sda can't both be {pins[0]}")
        self._user = f"SoftI2C({pins[0]}, {pins[1]})"
        for line in pins_of.claim(board, self._user, *pins):
            line.pull(1)
        buses = pins_of.DEFAULTS[board.kind.platform]["I2C"]
        self._bus = board.i2c(next((number for number, there in buses.items() if there == pins), pins))
        self._freq = checked_freq(freq)
        self._sent: bytearray | None = None  # since `start`
        self._receiving = 0  # the address that is read, shifted

    def init(self, scl: Any, sda: Any, *, freq: int = 400_000) -> None:
        """Set it up anew."""
        pins_of.release(self._board, self._user)
        type(self).__init__(self, scl, sda, freq=freq)

    def start(self) -> None:
        """A start condition: the next byte written is an address."""
        self._flush(False)
        self._sent = bytearray()

    def stop(self) -> None:
        """A stop condition. OSError if the device has not acknowledged what was written."""
        self._flush(True)
        self._sent = None

    def write(self, buf: Any) -> int:
        """Write raw bytes, an address first. Returns how many are acknowledged: none if nothing has that address."""
        data = as_bytes(buf)
        if self._sent is None:
            raise OSError(EIO, "start() comes before write()")
        if not self._sent and data and data[0] >> 1 not in self._bus.scan():
            self._spend(1)
            return 0
        self._sent += data
        self._receiving = self._sent[0] if self._sent and self._sent[0] & 1 else 0
        return len(data)

    def readinto(self, buf: Any, nack: bool = True) -> None:
        """Fill `buf` from the device whose address, with the lowest bit set, was written."""
        if not self._receiving:
            raise OSError(EIO, "write the address, with its lowest bit set, before readinto()")
        buf[:] = self._read(self._receiving >> 1, len(buf), bool(nack))

    def _flush(self, stop: bool) -> None:
        sent, self._sent = self._sent, None
        self._receiving = 0
        if sent and not sent[0] & 1:
            self._write(sent[0] >> 1, bytes(sent[1:]), stop)

    def __repr__(self) -> str:
        return f"{self._user[:-1]}, freq={self._freq})"


def elsewhere(board: Board, bus: I2CBus, address: int) -> str:
    """Where else there is a device with that address, for the message that it isn't on `bus`."""
    others = [other.name for other in board.i2c_buses() if other is not bus and other.has(address)]
    return f"; {' and '.join(others)} has it" if others else ""


def checked_freq(freq: int) -> int:
    if not 0 < freq <= 5_000_000:
        raise ValueError(f"freq is in Hz, more than 0 and at most 5 MHz, not {freq!r}")
    return int(freq)


def _register(number: int, bits: int) -> bytes:
    if bits % 8 or not 0 < bits <= 32 or not 0 <= number < 1 << bits:
        raise ValueError(f"addrsize is 8, 16, 24 or 32, and memaddr has no more bits: not {bits!r} and {number!r}")
    return number.to_bytes(bits // 8, "big")


def as_bytes(data: Any) -> bytes:
    """What a bus writes of `data`: bytes, an array of any kind, a FrameBuffer, or str."""
    if isinstance(data, str):
        return data.encode()
    if sys.version_info < (3, 12) and hasattr(data, "__buffer__"):  # by which newer Pythons know a FrameBuffer's
        data = data.__buffer__(0)
    return bytes(memoryview(data).cast("B"))


def i2c_classes(world: World) -> tuple[type[I2C], type[SoftI2C]]:
    """I2C and SoftI2C of `world`'s application. An RP2's hardware reports a missing device as EIO."""
    missing = EIO if world.board.kind.platform == "rp2" else ENODEV
    return bound(I2C, world, "machine", _no_device=missing), bound(SoftI2C, world, "machine")
