"""An empty FAT volume, as cards have it that are sold: from Microsoft's FAT specification (fatgen103). Up to 2 GB."""

from __future__ import annotations

import mmap

from .sd_commands import BLOCK

RESERVED, FATS, ENTRIES = 1, 2, 512  # sectors before the FATs; these; entries of the root folder
MEDIA = 0xF8
FAT12_UP_TO, FAT16_UP_TO = 4084, 65524  # clusters
MOST_PER_CLUSTER = 64  # sectors


def make_fat(data: bytearray | mmap.mmap) -> None:
    """Make all of `data` an empty volume. ValueError for more than 2 GB or less than 64 KB."""
    sectors = len(data) // BLOCK
    if sectors < 128:
        raise ValueError(f"a FAT volume has 64 KB or more, not {len(data)} bytes")
    per_cluster = 1
    while sectors // per_cluster > FAT16_UP_TO:
        per_cluster *= 2
    if per_cluster > MOST_PER_CLUSTER:
        raise ValueError(f"a volume is made with FAT12 or FAT16, up to 2 GB, not for {len(data)} bytes")
    root = ENTRIES * 32 // BLOCK
    clusters = (sectors - RESERVED - root) // per_cluster  # at most: less what the FATs take
    bits = 12 if clusters <= FAT12_UP_TO else 16
    per_fat = -(-(clusters + 2) * bits // (8 * BLOCK))
    if bits == 16 and (sectors - RESERVED - root - FATS * per_fat) // per_cluster <= FAT12_UP_TO:
        raise ValueError(f"{len(data)} bytes are between FAT12 and FAT16: take some more or less")
    boot = bytearray(BLOCK)
    boot[0:11] = b"\xeb\x3c\x90MSDOS5.0"
    for at, size, value in [
        (11, 2, BLOCK),
        (13, 1, per_cluster),
        (14, 2, RESERVED),
        (16, 1, FATS),
        (17, 2, ENTRIES),
        (19, 2, sectors if sectors < 1 << 16 else 0),
        (21, 1, MEDIA),
        (22, 2, per_fat),
        (24, 2, 63),  # sectors of a track, and heads
        (26, 2, 255),
        (32, 4, sectors if sectors >= 1 << 16 else 0),
        (36, 1, 0x80),  # the drive
        (38, 1, 0x29),  # the next three are there
        (39, 4, 0x20260101),
    ]:
        boot[at : at + size] = value.to_bytes(size, "little")
    boot[43:62] = b"NO NAME    " + f"FAT{bits}   ".encode()
    boot[510:] = b"\x55\xaa"
    data[:BLOCK] = bytes(boot)
    end = (RESERVED + FATS * per_fat + root) * BLOCK
    data[BLOCK:end] = bytes(end - BLOCK)
    first = bytes([MEDIA]) + b"\xff" * (2 if bits == 12 else 3)
    for number in range(FATS):
        at = (RESERVED + number * per_fat) * BLOCK
        data[at : at + len(first)] = first
