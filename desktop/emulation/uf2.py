"""UF2 files, in which firmware is handed out: what they put into an RP2040's flash, or why they cannot go there.

A UF2 file is a row of 512-byte blocks, each with an address, up to 476 bytes for it, and the family of chips it is for
(https://github.com/microsoft/uf2). The RP2040's boot ROM takes blocks of 256 bytes of its own family only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

BLOCK_SIZE = 512
PAGE_SIZE = 256
MAGIC_FIRST, MAGIC_SECOND, MAGIC_LAST = 0x0A324655, 0x9E5D5157, 0x0AB16F30
NOT_FOR_FLASH, HAS_FAMILY = 0x00000001, 0x00002000  # flags of a block

FLASH_START, FLASH_END = 0x10000000, 0x11000000  # 16 MB is the most that an RP2040 can address
RAM_START, RAM_END = 0x20000000, 0x20042000

RP2040 = 0xE48BFF56
RP2350_FAMILIES = {0xE48BFF59, 0xE48BFF5A, 0xE48BFF5B}
ANY_ADDRESS = 0xE48BFF57  # RP2350 files start with such a block, against an erratum (E10) of that chip
FAMILIES = {
    RP2040: "the RP2040",
    0xE48BFF59: "the RP2350 (ARM)",
    0xE48BFF5A: "the RP2350 (RISC-V)",
    0xE48BFF5B: "the RP2350 (ARM, non-secure)",
    0x68ED2B88: "the SAMD21",
    0x55114460: "the SAMD51",
    0x57755A57: "the STM32F4",
    0xADA52840: "the nRF52840",
    0xBFDD4EEE: "the ESP32-S2",
    0xC47E5767: "the ESP32-S3",
    0x4FB2D5BD: "i.MX RT",
}


class Uf2Error(ValueError):
    """The file is not one for an RP2040's flash; the text is one line that says why."""


@dataclass(frozen=True)
class _Block:
    family: int | None
    number: int
    count: int
    address: int
    payload: bytes


def is_uf2(data: bytes) -> bool:
    """Return whether this looks like a UF2 file, whole or not."""
    return data[:4] == struct.pack("<I", MAGIC_FIRST)


def flash_image(data: bytes) -> bytes:
    """Return what the file puts into an RP2040's flash, from its first byte; gaps are 0xff, as erased flash is.

    In a file for several chips, the blocks for the others are left out. Raises Uf2Error.
    """
    blocks = list(_blocks(data))
    ours = [block for block in blocks if block.family == RP2040]
    if not ours:
        raise Uf2Error(_not_for_us({block.family for block in blocks}))
    _check_complete(ours)
    image = bytearray()
    filled: dict[int, int] = {}
    for block in ours:
        _check_place(block)
        start = block.address - FLASH_START
        end = start + len(block.payload)
        if filled.setdefault(start, block.number) != block.number:
            raise Uf2Error(f"its blocks {filled[start]} and {block.number} are for one address, 0x{block.address:x}")
        image.extend(b"\xff" * (end - len(image)))
        image[start:end] = block.payload
    if 0 not in filled:
        raise Uf2Error("it has nothing for the start of the flash, from where an RP2040 boots")
    return bytes(image)


def _blocks(data: bytes) -> Iterator[_Block]:
    """Yield the blocks that are for the flash of some chip."""
    if not is_uf2(data):
        raise Uf2Error("it is not a UF2 file")
    if len(data) % BLOCK_SIZE:
        raise Uf2Error(f"it is not whole: it ends in the middle of its block {len(data) // BLOCK_SIZE}")
    for at in range(0, len(data), BLOCK_SIZE):
        first, second, flags, address, size, number, count, family = struct.unpack_from("<8I", data, at)
        (last,) = struct.unpack_from("<I", data, at + BLOCK_SIZE - 4)
        if (first, second, last) != (MAGIC_FIRST, MAGIC_SECOND, MAGIC_LAST):
            raise Uf2Error(f"it is damaged: its block {at // BLOCK_SIZE} is not one of UF2")
        if flags & NOT_FOR_FLASH:
            continue
        payload = data[at + 32 : at + 32 + size]
        yield _Block(family if flags & HAS_FAMILY else None, number, count, address, payload)


def _check_complete(blocks: list[_Block]) -> None:
    """Raise Uf2Error unless each block is there; the numbers of one family's blocks are counted from 0."""
    count = blocks[0].count
    if any(block.count != count for block in blocks):
        raise Uf2Error("it is damaged: its blocks do not agree on how many they are")
    missing = set(range(count)) - {block.number for block in blocks}
    if missing:
        raise Uf2Error(f"it is not whole: {len(missing)} of its {count} blocks are missing, from {min(missing)} on")


def _check_place(block: _Block) -> None:
    if RAM_START <= block.address < RAM_END:
        raise Uf2Error("it is to be loaded into RAM, not into flash")
    if not FLASH_START <= block.address <= FLASH_END - PAGE_SIZE:
        raise Uf2Error(f"its block {block.number} is for address 0x{block.address:x}, where an RP2040 has no flash")
    if len(block.payload) != PAGE_SIZE or block.address % PAGE_SIZE:
        raise Uf2Error(f"its block {block.number} is not a page of {PAGE_SIZE} bytes, and an RP2040 takes nothing else")


def _not_for_us(families: set[int | None]) -> str:
    if families & RP2350_FAMILIES:
        families = families - {ANY_ADDRESS}
    if not families - {None}:
        return "it does not say which chip it is for, and an RP2040 ignores it"
    names = [FAMILIES.get(family, f"chips of family 0x{family:08x}") for family in sorted(filter(None, families))]
    return f"it is for {' and '.join(names)}, not for {FAMILIES[RP2040]}"
