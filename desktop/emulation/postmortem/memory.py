"""A stopped board's memory: RAM and flash, by address. What lies elsewhere (peripherals, the boot ROM) is not here."""

from __future__ import annotations

FLASH = 0x10000000
RAM = 0x20000000
BOOTROM_END = 0x4000


class BadAddress(Exception):
    """There is no memory at an address, so it was not the address of what it was taken for."""


class Memory:
    """`ram` and `flash` as they were, from their first bytes on. Words are little-endian."""

    def __init__(self, ram: bytes, flash: bytes) -> None:
        self.ram = ram
        self.flash = flash
        self._parts = ((RAM, ram), (FLASH, flash))

    def read(self, address: int, size: int) -> bytes:
        """Raises BadAddress."""
        for start, content in self._parts:
            if start <= address and address + size <= start + len(content):
                return content[address - start : address - start + size]
        raise BadAddress(f"0x{address:08x}")

    def byte(self, address: int) -> int:
        return self.read(address, 1)[0]

    def half(self, address: int) -> int:
        return int.from_bytes(self.read(address, 2), "little")

    def word(self, address: int) -> int:
        if address & 3:
            raise BadAddress(f"0x{address:08x} is not the address of a word")
        return int.from_bytes(self.read(address, 4), "little")

    def text(self, address: int, limit: int = 256) -> str:
        """The text that ends with a zero byte."""
        found = bytearray()
        while len(found) < limit:
            byte = self.byte(address + len(found))
            if byte == 0:
                return found.decode(errors="replace")
            found.append(byte)
        raise BadAddress(f"no text at 0x{address:08x}")
