"""Making an empty FAT volume on a whole block device, with the sizes that MicroPython gives its parts."""

from __future__ import annotations

import errno
import random

from ..runtime import os_error
from .volume import FAT12_BELOW, FAT16_BELOW, INFO_FREE, INFO_MARKS, Sectors

LEAST = 50  # sectors
ENTRIES = 512  # of the root folder, but with FAT32
LARGER_FROM = (1, 4, 16, 64, 256, 512)  # times 4096 sectors: from there on a cluster has twice as many
LARGER_FROM_32 = (1, 2, 4, 8, 16, 32)  # times 131 072 sectors
MOST_PER_CLUSTER = 128
MEDIA = 0xF8
INFO, COPY, ROOT = 1, 6, 2  # of FAT32: the sector of what is free, that of the boot sector's copy; the root's cluster


def make_fat(sectors: Sectors) -> None:
    """FAT12, FAT16 or FAT32, as large as the device. OSError EIO if that is too small, or does not say its size."""
    count = sectors.count
    if count < LEAST:
        raise os_error(errno.EIO)
    bits, per_cluster, reserved, per_fat, clusters = _layout(count, sectors.size)
    root_sectors = 0 if bits == 32 else ENTRIES * 32 // sectors.size
    boot = bytearray(sectors.size)
    fields = [
        (11, 2, sectors.size),
        (13, 1, per_cluster),
        (14, 2, reserved),
        (16, 1, 1),  # FATs
        (17, 2, 0 if bits == 32 else ENTRIES),
        (19, 2, count if count < 1 << 16 else 0),
        (21, 1, MEDIA),
        (22, 2, 0 if bits == 32 else per_fat),
        (24, 2, 63),  # sectors of a track, and heads
        (26, 2, 255),
        (32, 4, count if count >= 1 << 16 else 0),
    ]
    if bits == 32:
        fields += [(36, 4, per_fat), (44, 4, ROOT), (48, 2, INFO), (50, 2, COPY)]
    behind = 64 if bits == 32 else 36
    fields += [(behind, 1, 0x80), (behind + 2, 1, 0x29), (behind + 3, 4, random.getrandbits(32))]
    boot[0:11] = b"\xeb\xfe\x90MSDOS5.0"
    for at, size, value in fields:
        boot[at : at + size] = value.to_bytes(size, "little")
    boot[behind + 7 : behind + 26] = b"NO NAME    " + (b"FAT32   " if bits == 32 else b"FAT     ")
    boot[510:512] = b"\x55\xaa"
    first = bytes([MEDIA]) + b"\xff" * (bits // 8 * 2 - 1 if bits > 12 else 2)
    if bits == 32:
        first = (0x0FFFFF00 | MEDIA).to_bytes(4, "little") + b"\xff\xff\xff\x0f" * 2  # and the root folder's
    zeros = bytes(sectors.size)
    for sector in range(reserved, reserved + per_fat):
        sectors.write(sector, first.ljust(sectors.size, b"\0") if sector == reserved else zeros)
    data_at = reserved + per_fat
    for sector in range(data_at, data_at + (per_cluster if bits == 32 else root_sectors)):
        sectors.write(sector, zeros)
    sectors.write(0, boot)
    if bits == 32:
        info = bytearray(sectors.size)
        for at, mark in INFO_MARKS.items():
            info[at : at + len(mark)] = mark
        info[INFO_FREE : INFO_FREE + 8] = (clusters - 1).to_bytes(4, "little") + ROOT.to_bytes(4, "little")
        for sector, data in ((INFO, info), (COPY, boot), (COPY + 1, info)):
            sectors.write(sector, data)
    sectors.sync()


def _layout(count: int, size: int) -> tuple[int, int, int, int, int]:
    """Bits, sectors of a cluster, before the FAT and of it, and clusters."""
    steps = count // 4096
    per_cluster = 1 << sum(limit <= steps for limit in LARGER_FROM)
    while per_cluster <= MOST_PER_CLUSTER:
        guess = count // per_cluster
        bits = 12 if guess < FAT12_BELOW else 16
        per_fat = -(-(guess + 2) * bits // (8 * size))
        clusters = (count - 1 - per_fat - ENTRIES * 32 // size) // per_cluster
        if bits == 12 or FAT12_BELOW <= clusters < FAT16_BELOW:
            if clusters < 16:
                break
            return bits, per_cluster, 1, per_fat, clusters
        per_cluster *= 2
    steps = count // 0x20000
    per_cluster = 1 << sum(limit <= steps for limit in LARGER_FROM_32)
    per_fat = -(-(count // per_cluster + 2) * 4 // size)
    clusters = (count - 32 - per_fat) // per_cluster
    if clusters < FAT16_BELOW:
        raise os_error(errno.EIO)
    return 32, per_cluster, 32, per_fat, clusters
