"""FatVolume: where the parts of a FAT volume are on a block device, its sectors and its chains of clusters.

From Microsoft's FAT specification (fatgen103): FAT12, FAT16 and FAT32, on the whole device or in one of its
partitions. Errors are OSErrors with the numbers that MicroPython gives; what the device raises is raised by the call
that needed it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any

from ..runtime import os_error

INIT, SYNC, COUNT, SIZE = 1, 3, 4, 5  # of a device's ioctl
SIGNATURE, JUMPS = b"\x55\xaa", (0xEB, 0xE9)
PARTITIONS, PARTITION, PARTITION_COUNT = 446, 16, 4
FAT12_BELOW, FAT16_BELOW = 4085, 65525  # clusters
END, MASK = 0x0FFFFFFF, 0x0FFFFFFF  # of 32 bits, the last of a chain; the highest four are kept
INFO_AT, INFO_FREE, INFO_NEXT, UNKNOWN = 484, 488, 492, 0xFFFFFFFF
INFO_MARKS = {0: b"RRaA", INFO_AT: b"rrAa", 510: SIGNATURE}


class Sectors:
    """A block device of the application, of which one sector is held for small changes until `flush` writes it.

    Args: device, with `readblocks(n, buf)`, and to be written `writeblocks(n, buf)`; `ioctl`, or `count` and `sync`.
    """

    def __init__(self, device: Any, *, readonly: bool = False) -> None:
        if not hasattr(device, "readblocks"):
            raise AttributeError(f"{type(device).__name__!r} object has no attribute 'readblocks': no block device")
        self._device = device
        self.readonly = readonly or not hasattr(device, "writeblocks")
        if self._ioctl(INIT):
            raise os_error(errno.EBUSY)
        self.size: int = self._ioctl(SIZE) or 512
        if self.size not in (512, 1024, 2048, 4096):
            raise os_error(errno.EIO)
        self.copied = range(0)  # sectors that are there `copies` times, one behind the other: the FAT
        self.copies = 1
        self._held, self._data, self._changed = -1, bytearray(), False

    @property
    def count(self) -> int:
        """How many the device has. OSError EIO if it doesn't say."""
        found = self._ioctl(COUNT)
        if not isinstance(found, int) or found <= 0:
            raise os_error(errno.EIO)
        return found

    def _ioctl(self, what: int) -> Any:
        ioctl = getattr(self._device, "ioctl", None)
        if ioctl is not None:
            return ioctl(what, 0)
        older = {SYNC: "sync", COUNT: "count"}.get(what)
        method = getattr(self._device, older, None) if older is not None else None
        return None if method is None else method()

    def read(self, sector: int, count: int = 1) -> bytearray:
        """A copy of what is in these sectors."""
        if sector <= self._held < sector + count:
            self.flush()
        data = bytearray(count * self.size)
        if self._device.readblocks(sector, data):
            raise os_error(errno.EIO)
        return data

    def write(self, sector: int, data: bytes | bytearray) -> None:
        """Write whole sectors. OSError EROFS."""
        if self.readonly:
            raise os_error(errno.EROFS)
        if sector <= self._held < sector + len(data) // self.size:
            self._held = -1
            self._changed = False
        if self._device.writeblocks(sector, bytearray(data)):
            raise os_error(errno.EIO)

    def hold(self, sector: int) -> bytearray:
        """What is in the sector, to be read, and changed if `change` is called then."""
        if sector != self._held:
            self.flush()
            self._data, self._held = self.read(sector), sector
        return self._data

    def change(self, sector: int, at: int, data: bytes) -> None:
        """Change a part of the sector, when it is flushed. OSError EROFS."""
        if self.readonly:
            raise os_error(errno.EROFS)
        self.hold(sector)[at : at + len(data)] = data
        self._changed = True

    def flush(self) -> None:
        if not self._changed:
            return
        held, data = self._held, self._data
        for copy in range(self.copies if held in self.copied else 1):
            if self._device.writeblocks(held + copy * len(self.copied), bytearray(data)):
                raise os_error(errno.EIO)
        self._changed = False

    def sync(self) -> None:
        """All that was written is on the device."""
        self.flush()
        if not self.readonly:
            self._ioctl(SYNC)


class FatVolume:
    """The volume on the device of `sectors`. LookupError if it holds none."""

    def __init__(self, sectors: Sectors) -> None:
        self.sectors = sectors
        self.first, boot = self._find()
        self.per_cluster = boot[13]
        reserved, fats, entries = _number(boot, 14, 2), boot[16], _number(boot, 17, 2)
        count = _number(boot, 19, 2) or _number(boot, 32, 4)
        per_fat = _number(boot, 22, 2) or _number(boot, 36, 4)
        self.fat_at = self.first + reserved
        sectors.copied, sectors.copies = range(self.fat_at, self.fat_at + per_fat), fats
        self.root_at = self.fat_at + fats * per_fat
        self.root_sectors = -(-entries * 32 // sectors.size)  # 0: the root folder is a chain
        self.data_at = self.root_at + self.root_sectors
        self.clusters = (count - (self.data_at - self.first)) // self.per_cluster
        self.bits = 12 if self.clusters < FAT12_BELOW else 16 if self.clusters < FAT16_BELOW else 32
        self.root_cluster = _number(boot, 44, 4) if self.bits == 32 else 0
        if self.clusters <= 0 or per_fat * sectors.size * 8 < (self.clusters + 2) * self.bits:
            raise LookupError
        self._free: int | None = None  # clusters, if that is known
        self._next = 2  # where a free one is looked for
        self._info = self._find_info(_number(boot, 48, 2)) if self.bits == 32 else 0
        self._changed = False

    @property
    def cluster_size(self) -> int:
        """In bytes."""
        return self.per_cluster * self.sectors.size

    def _find(self) -> tuple[int, bytearray]:
        boot = self.sectors.read(0)
        if self._is_volume(boot):
            return 0, boot
        if boot[510:512] == SIGNATURE:
            for at in range(PARTITIONS, PARTITIONS + PARTITION_COUNT * PARTITION, PARTITION):
                first = _number(boot, at + 8, 4)
                if boot[at + 4] and 0 < first < self.sectors.count:
                    found = self.sectors.read(first)
                    if self._is_volume(found):
                        return first, found
        raise LookupError

    def _is_volume(self, boot: bytearray) -> bool:
        per_cluster = boot[13]
        return (
            boot[510:512] == SIGNATURE
            and boot[0] in JUMPS
            and _number(boot, 11, 2) == self.sectors.size
            and per_cluster > 0
            and per_cluster & (per_cluster - 1) == 0
            and boot[16] in (1, 2)
            and _number(boot, 14, 2) > 0
        )

    def _find_info(self, at: int) -> int:
        """The sector that keeps how many clusters are free, which is believed; 0 if there is none."""
        if not at or at == 0xFFFF:
            return 0
        info = self.sectors.read(self.first + at)
        if any(info[where : where + len(mark)] != mark for where, mark in INFO_MARKS.items()):
            return 0
        free = _number(info, INFO_FREE, 4)
        self._free = free if free <= self.clusters else None
        start = _number(info, INFO_NEXT, 4)
        self._next = start if 2 <= start < self.clusters + 2 else 2
        return self.first + at

    def sector_of(self, cluster: int) -> int:
        """Its first. OSError EIO if there is no such cluster, for the volume is damaged then."""
        if not 2 <= cluster < self.clusters + 2:
            raise os_error(errno.EIO)
        return self.data_at + (cluster - 2) * self.per_cluster

    def _byte(self, at: int) -> int:
        return self.sectors.hold(self.fat_at + at // self.sectors.size)[at % self.sectors.size]

    def _put_bytes(self, at: int, data: bytes) -> None:
        for offset in range(len(data)):  # one of 12 bits may be in two sectors
            where = at + offset
            self.sectors.change(
                self.fat_at + where // self.sectors.size, where % self.sectors.size, data[offset : offset + 1]
            )

    def after(self, cluster: int) -> int:
        """What the FAT has for it: 0 if it is free, the next of its chain, or `END`."""
        if self.bits == 12:
            at = cluster * 3 // 2
            pair = self._byte(at) | self._byte(at + 1) << 8
            found = pair >> 4 if cluster & 1 else pair & 0xFFF
            return END if found >= 0xFF8 else found
        size = self.bits // 8
        at = cluster * size
        found = _number(self.sectors.hold(self.fat_at + at // self.sectors.size), at % self.sectors.size, size) & MASK
        return END if found >= (0xFFF8 if size == 2 else 0x0FFFFFF8) else found

    def _set(self, cluster: int, to: int) -> None:
        self._changed = True
        if self.bits == 12:
            at = cluster * 3 // 2
            pair = self._byte(at) | self._byte(at + 1) << 8
            pair = pair & 0x000F | (to & 0xFFF) << 4 if cluster & 1 else pair & 0xF000 | to & 0xFFF
            self._put_bytes(at, pair.to_bytes(2, "little"))
        elif self.bits == 16:
            self._put_bytes(cluster * 2, (to & 0xFFFF).to_bytes(2, "little"))
        else:
            kept = self._byte(cluster * 4 + 3) & 0xF0
            self._put_bytes(cluster * 4, (to | kept << 24).to_bytes(4, "little"))

    def chain(self, first: int) -> Iterator[int]:
        """The clusters from `first` on; none for 0. OSError EIO if the chain is damaged."""
        cluster = first
        for _ in range(self.clusters):
            if cluster in (0, END):
                return
            self.sector_of(cluster)
            yield cluster
            cluster = self.after(cluster)
            if cluster == 0:
                break
        if cluster not in (0, END) or (cluster == 0 and first != 0):
            raise os_error(errno.EIO)

    def allocate(self, behind: int = 0) -> int:
        """A free cluster, chained behind that one if not 0. 0: there is none."""
        for step in range(self.clusters):
            cluster = (self._next - 2 + step) % self.clusters + 2
            if self.after(cluster) == 0:
                self._set(cluster, END)
                if behind:
                    self._set(behind, cluster)
                self._next = cluster
                if self._free is not None:
                    self._free -= 1
                return cluster
        return 0

    def free(self, first: int) -> None:
        """Free the chain from there on; 0: nothing."""
        for cluster in list(self.chain(first)):
            self._set(cluster, 0)
            if self._free is not None:
                self._free += 1

    def count_free(self) -> int:
        """How many clusters are free."""
        if self._free is None:
            self._free = sum(self.after(cluster) == 0 for cluster in range(2, self.clusters + 2))
        return self._free

    def clear(self, cluster: int) -> None:
        """Fill it with zeros."""
        self.sectors.write(self.sector_of(cluster), bytes(self.cluster_size))

    def sync(self) -> None:
        """All that was changed is on the device."""
        if self._info and self._changed:
            free = UNKNOWN if self._free is None else self._free
            self.sectors.change(self._info, INFO_FREE, free.to_bytes(4, "little") + self._next.to_bytes(4, "little"))
        self._changed = False
        self.sectors.sync()


def _number(data: bytearray, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")
