import struct

import pytest

from twincore.desktop.emulation import uf2
from twincore.desktop.emulation.uf2 import Uf2Error, flash_image

RP2350 = 0xE48BFF59
FLASH = uf2.FLASH_START


def block(number, count, address, payload, family=uf2.RP2040, flags=uf2.HAS_FAMILY):
    head = (uf2.MAGIC_FIRST, uf2.MAGIC_SECOND, flags, address, len(payload), number, count, family)
    return struct.pack("<8I", *head) + payload.ljust(476, b"\0") + struct.pack("<I", uf2.MAGIC_LAST)


def page(number):
    return bytes([number]) * uf2.PAGE_SIZE


def whole(count=3, start=FLASH, **options):
    return [block(n, count, start + n * uf2.PAGE_SIZE, page(n), **options) for n in range(count)]


def test_the_pages_lie_where_the_blocks_say_in_whatever_order_they_come():
    assert flash_image(b"".join(reversed(whole(3)))) == page(0) + page(1) + page(2)


def test_a_gap_is_erased_flash():
    blocks = [block(0, 2, FLASH, page(1)), block(1, 2, FLASH + 0x1000, page(2))]
    assert flash_image(b"".join(blocks)) == page(1).ljust(0x1000, b"\xff") + page(2)


def test_what_is_not_for_flash_is_left_out():
    comment = block(7, 9, 0, b"hello", flags=uf2.NOT_FOR_FLASH)
    assert flash_image(comment + b"".join(whole(1))) == page(0)


def test_of_a_file_for_two_chips_the_rp2040_takes_its_own_part():
    other = [block(n, 2, FLASH + n * 256, page(9), family=RP2350) for n in range(2)]
    assert flash_image(b"".join([*other, *whole(3)])) == page(0) + page(1) + page(2)


def test_the_extension_tags_after_a_page_are_no_part_of_it():
    data = bytearray(whole(1)[0])
    data[32 + uf2.PAGE_SIZE : 32 + uf2.PAGE_SIZE + 4] = b"\x08\x29\xa7\xc8"
    assert flash_image(bytes(data)) == page(0)


def damaged(blocks, at, byte):
    data = bytearray(b"".join(blocks))
    data[at] = byte
    return bytes(data)


RP2350_FILE = block(0, 2, 0x10FFFF00, page(0), family=uf2.ANY_ADDRESS) + b"".join(whole(2, family=RP2350))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is not a UF2 file"),
        (b"import sys\n", "it is not a UF2 file"),
        (RP2350_FILE, "it is for the RP2350 (ARM), not for the RP2040"),
        (b"".join(whole(family=0xE48BFF5A)), "it is for the RP2350 (RISC-V), not for the RP2040"),
        (b"".join(whole(family=0x68ED2B88)), "it is for the SAMD21, not for the RP2040"),
        (b"".join(whole(family=0x12345678)), "it is for chips of family 0x12345678, not for the RP2040"),
        (b"".join(whole(flags=0)), "it does not say which chip it is for, and an RP2040 ignores it"),
        (b"".join(whole())[:-1], "it is not whole: it ends in the middle of its block 2"),
        (b"".join(whole(4)[:2]), "it is not whole: 2 of its 4 blocks are missing, from 2 on"),
        (whole(2)[0] + whole(3)[1], "it is damaged: its blocks do not agree on how many they are"),
        (damaged(whole(), 512, 0), "it is damaged: its block 1 is not one of UF2"),
        (damaged(whole(), 1023, 0), "it is damaged: its block 1 is not one of UF2"),
        (whole(1)[0] + block(1, 2, FLASH, page(1)), "it is damaged: its blocks do not agree on how many they are"),
        (
            block(0, 2, FLASH, page(0)) + block(1, 2, FLASH, page(1)),
            "its blocks 0 and 1 are for one address, 0x10000000",
        ),
        (b"".join(whole(start=0x20000000)), "it is to be loaded into RAM, not into flash"),
        (b"".join(whole(start=0x08000000)), "its block 0 is for address 0x8000000, where an RP2040 has no flash"),
        (block(0, 1, FLASH, b"short"), "its block 0 is not a page of 256 bytes, and an RP2040 takes nothing else"),
        (block(0, 1, FLASH + 4, page(0)), "its block 0 is not a page of 256 bytes, and an RP2040 takes nothing else"),
        (
            b"".join(whole(start=FLASH + 0x1000)),
            "it has nothing for the start of the flash, from where an RP2040 boots",
        ),
    ],
)
def test_what_an_rp2040_cannot_be_flashed_with_is_refused_with_the_reason(data, reason):
    with pytest.raises(Uf2Error) as raised:
        flash_image(data)
    assert str(raised.value) == reason


def test_the_file_that_micropythons_own_tool_made_gives_the_bytes_it_was_made_of(target_is_here):
    target = target_is_here("rp2040")
    image = flash_image(target.firmware.with_suffix(".uf2").read_bytes())
    firmware = target.firmware.read_bytes()
    assert image[: len(firmware)] == firmware
    assert len(image) - len(firmware) < uf2.PAGE_SIZE
