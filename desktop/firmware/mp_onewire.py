"""`onewire`: the 1-Wire bus at a pin, by slots of its own in virtual time; in real time simulated chips are asked."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from ..chips.ds18b20 import DS18B20, MATCH_ROM, SEARCH_ROM, SKIP_ROM, crc8
from . import pins_of
from .modules import module

if TYPE_CHECKING:
    from .world import World

AT_MOST = 255  # chips on a wire; one that is held low seems to have any number


class OneWireError(Exception):
    """Nobody answers to a reset."""


class OneWire:
    """The bus at `pin`. Of a board; all bits and bytes are lowest bit first. Blocks."""

    MATCH_ROM = MATCH_ROM
    SEARCH_ROM = SEARCH_ROM
    SKIP_ROM = SKIP_ROM
    _world: ClassVar[World]

    def __init__(self, pin: Any) -> None:
        self.pin = pin
        self._line: Any = self._world.board.line(pins_of.name_of(self._world.board, pin))
        self._line.output(None)
        self._line.pull(1)

    def reset(self, required: bool = False) -> bool:
        """Whether anybody is there. OneWireError if nobody is, and `required`."""
        self._world.board.interrupts.refuse("wait for a bus")
        if self._world.time.virtual:
            self._low(480)
            self._world.sleep_us(70)
            there = not self._line.level()
            self._world.sleep_us(410)
        else:
            there = any([chip.reset() for chip in self._chips()])
        if required and not there:
            raise OneWireError(f"no device answers on the 1-Wire bus at {self._line.name}")
        return there

    def readbit(self) -> int:
        """The bit that the chip sends, or 1."""
        if not self._world.time.virtual:
            return min([chip.say() for chip in self._chips()], default=1)
        self._low(3)
        self._world.sleep_us(9)
        bit: int = self._line.level()
        self._world.sleep_us(60)
        return bit

    def writebit(self, value: int) -> None:
        """Send a bit."""
        if not self._world.time.virtual:
            for chip in self._chips():
                chip.hear(1 if value else 0)
            return
        self._low(6 if value else 65)
        self._world.sleep_us(64 if value else 10)

    def readbyte(self) -> int:
        """A byte."""
        return sum(self.readbit() << bit for bit in range(8))

    def writebyte(self, value: int) -> None:
        """Send a byte."""
        for bit in range(8):
            self.writebit(value >> bit & 1)

    def readinto(self, buf: Any) -> None:
        """Fill it."""
        for index in range(len(buf)):
            buf[index] = self.readbyte()

    def write(self, buf: Any) -> None:
        """Send all of it."""
        for byte in bytes(buf):
            self.writebyte(byte)

    def select_rom(self, rom: Any) -> None:
        """Reset, and mean that chip only."""
        self.reset()
        self.writebyte(self.MATCH_ROM)
        self.write(rom)

    def crc8(self, data: Any) -> int:
        """0 for what ends with its checksum."""
        return crc8(bytes(data))

    def scan(self) -> list[bytearray]:
        """The numbers of all chips, each of 8 bytes; none whose checksum is wrong."""
        found: list[bytearray] = []
        known, fork = 0, 64  # the number found last, and the last place where there was a choice
        for _ in range(AT_MOST):
            if fork < 0 or not self.reset():
                break
            self.writebyte(self.SEARCH_ROM)
            rom, last, fork = 0, fork, -1
            for place in range(64):
                bit, complement = self.readbit(), self.readbit()
                if bit and complement:  # nobody is left
                    return found
                if not bit and not complement:
                    bit = 1 if place == last else 0 if place > last else known >> place & 1
                    if not bit:
                        fork = place
                self.writebit(bit)
                rom |= bit << place
            known = rom
            number = bytearray(rom.to_bytes(8, "little"))
            if not self.crc8(number):
                found.append(number)
        return found

    def _chips(self) -> list[DS18B20]:
        wire = self._line.joined()
        return [chip for chip in self._world.board.devices if isinstance(chip, DS18B20) and chip.line in wire]

    def _low(self, us: int) -> None:
        self._line.output(0)
        self._world.sleep_us(us)
        self._line.output(None)


def make(world: World) -> ModuleType:
    """`onewire` for the application of one board."""
    return module("onewire", OneWire=type("OneWire", (OneWire,), {"_world": world}), OneWireError=OneWireError)
