"""`ds18x20`: thermometers on a 1-Wire bus."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..chips.ds18b20 import CONVERT, READ, WRITE
from .modules import module

if TYPE_CHECKING:
    from .world import World

FAMILIES = (0x10, 0x22, 0x28)
DS18S20 = 0x10  # halves of degrees, and what is left to count


class DS18X20:
    """Those on `onewire`, a OneWire."""

    def __init__(self, onewire: Any) -> None:
        self.ow = onewire
        self.buf = bytearray(9)

    def scan(self) -> list[bytearray]:
        """The numbers of the thermometers that are there."""
        return [rom for rom in self.ow.scan() if rom[0] in FAMILIES]

    def convert_temp(self) -> None:
        """Have all measure, which takes up to 750 ms: wait before `read_temp`. OneWireError if nobody is there."""
        self.ow.reset(True)
        self.ow.writebyte(self.ow.SKIP_ROM)
        self.ow.writebyte(CONVERT)

    def read_scratch(self, rom: Any) -> bytearray:
        """Nine bytes of its memory. OneWireError if nobody is there, Exception if the checksum is wrong."""
        self._select(rom, READ)
        self.ow.readinto(self.buf)
        if self.ow.crc8(self.buf):
            raise Exception("CRC error")
        return self.buf

    def write_scratch(self, rom: Any, buf: Any) -> None:
        """Three bytes: its alarms, and how many bits it measures: 9 with 0x1f, 12 with 0x7f."""
        self._select(rom, WRITE)
        self.ow.write(buf)

    def read_temp(self, rom: Any) -> float:
        """In Celsius, what it measured last; 85 if nothing."""
        data = self.read_scratch(rom)
        raw = int.from_bytes(data[:2], "little")
        raw -= (raw & 0x8000) << 1
        if rom[0] != DS18S20:
            return raw / 16
        return (raw >> 1) - 0.25 + (data[7] - data[6]) / data[7]

    def _select(self, rom: Any, command: int) -> None:
        self.ow.reset(True)
        self.ow.select_rom(rom)
        self.ow.writebyte(command)


def make(world: World) -> ModuleType:
    """`ds18x20` for the application of one board."""
    return module("ds18x20", DS18X20=DS18X20)
