"""Folders of a FAT volume: their entries, in slots of 32 bytes, found, made, changed and taken away."""

from __future__ import annotations

import errno
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from time import gmtime

from ..runtime import os_error
from . import names
from .volume import FatVolume

SLOT, DELETED, END = 32, 0xE5, 0x00
READ_ONLY, VOLUME, FOLDER, ARCHIVE = 0x01, 0x08, 0x10, 0x20  # attributes


@dataclass
class Entry:
    """One file or folder. `first`, its first cluster, 0 if it has none; `written`, in seconds since 1970."""

    name: str
    short: bytes
    attributes: int
    first: int
    size: int
    written: int
    slots: range  # in its folder

    @property
    def is_folder(self) -> bool:
        return bool(self.attributes & FOLDER)


class Folder:
    """The folder whose first cluster is `first`; 0: the root. Entries are numbered slots."""

    def __init__(self, volume: FatVolume, first: int = 0) -> None:
        self._volume = volume
        self.first = first or volume.root_cluster
        self._chain = list(volume.chain(self.first))

    def entries(self) -> Iterator[Entry]:
        """All but itself and the one above it."""
        long: list[bytes] = []
        for number in range(self._slot_count()):
            slot = self._slot(number)
            if slot[0] == END:
                return
            if slot[0] == DELETED:
                long = []
            elif slot[11] & 0x3F == names.LONG:
                long = [*([] if slot[0] & names.LAST else long), slot]
            else:
                short = slot[:11]
                if not slot[11] & VOLUME and short[:1] != b".":
                    name = names.long_name(long, short)
                    yield self._entry(slot, number, name, len(long) if name is not None else 0)
                long = []

    def _entry(self, slot: bytes, number: int, name: str | None, before: int) -> Entry:
        first = int.from_bytes(slot[26:28], "little")
        if self._volume.bits == 32:
            first |= int.from_bytes(slot[20:22], "little") << 16
        return Entry(
            name if name is not None else names.short_name(slot[:11], slot[12]),
            slot[:11],
            slot[11],
            first,
            int.from_bytes(slot[28:32], "little"),
            _seconds(int.from_bytes(slot[24:26], "little"), int.from_bytes(slot[22:24], "little")),
            range(number - before, number + 1),
        )

    def find(self, name: str) -> Entry | None:
        """By its name, long or short, whatever its capitals."""
        wanted = names.checked(name).upper()
        for entry in self.entries():
            if wanted in (entry.name.upper(), names.short_name(entry.short).upper()):
                return entry
        return None

    def add(self, name: str, attributes: int, first: int, size: int, written: int) -> Entry:
        """Make one. OSError: EACCES if there is no room for it."""
        name = names.checked(name)
        short, case, needs_long = names.shortened(name, {entry.short for entry in self.entries()})
        before = names.long_slots(name, short) if needs_long else []
        start = self._room(len(before) + 1)
        slot = bytearray(SLOT)
        slot[:11], slot[11], slot[12] = short, attributes, case
        entry = Entry(name, short, attributes, first, size, written, range(start, start + len(before) + 1))
        for number, data in zip(entry.slots, [*before, bytes(slot)], strict=True):
            self._put(number, 0, data)
        self._put(entry.slots[-1], 14, _stamp(written))  # made
        self.update(entry)
        return entry

    def update(self, entry: Entry) -> None:
        """Write down its size, its first cluster and when it was written."""
        low, high = entry.first & 0xFFFF, entry.first >> 16
        last = entry.slots[-1]
        stamp = _stamp(entry.written)
        self._put(last, 11, bytes([entry.attributes]))
        self._put(last, 18, stamp[2:] + high.to_bytes(2, "little"))
        self._put(last, 22, stamp + low.to_bytes(2, "little") + entry.size.to_bytes(4, "little"))

    def remove(self, entry: Entry) -> None:
        """Take the entry away; its clusters are left as they are."""
        for number in entry.slots:
            self._put(number, 0, bytes([DELETED]))

    def lead(self, above: int) -> None:
        """Make the new folder's own two entries. `above`: the first cluster of the folder that it is in."""
        root = self._volume.root_cluster
        for number, name, first in ((0, b".", self.first), (1, b"..", 0 if above == root else above)):
            slot = bytearray(SLOT)
            slot[:11], slot[11] = name.ljust(11), FOLDER
            slot[20:22], slot[26:28] = (first >> 16).to_bytes(2, "little"), (first & 0xFFFF).to_bytes(2, "little")
            self._put(number, 0, bytes(slot))

    def _slot_count(self) -> int:
        volume = self._volume
        if self.first == 0:
            return volume.root_sectors * volume.sectors.size // SLOT
        return len(self._chain) * volume.cluster_size // SLOT

    def _place(self, number: int) -> tuple[int, int]:
        """The sector of that slot, and where in it."""
        volume, at = self._volume, number * SLOT
        size = volume.sectors.size
        if self.first == 0:
            return volume.root_at + at // size, at % size
        cluster, within = divmod(at, volume.cluster_size)
        return volume.sector_of(self._chain[cluster]) + within // size, within % size

    def _slot(self, number: int) -> bytes:
        sector, at = self._place(number)
        return bytes(self._volume.sectors.hold(sector)[at : at + SLOT])

    def _put(self, number: int, offset: int, data: bytes) -> None:
        sector, at = self._place(number)
        self._volume.sectors.change(sector, at + offset, data)

    def _room(self, count: int) -> int:
        """The first of so many free slots that follow each other."""
        found, over = 0, False
        for number in range(self._slot_count()):
            if not over:
                first = self._slot(number)[0]
                over = first == END
                if first not in (END, DELETED):
                    found = 0
                    continue
            found += 1
            if found == count:
                return number - count + 1
        start = self._slot_count() - found
        while self.first and self._slot_count() - start < count:
            cluster = self._volume.allocate(self._chain[-1])
            if not cluster:
                break
            self._volume.clear(cluster)
            self._chain.append(cluster)
        if self._slot_count() - start < count:
            raise os_error(errno.EACCES)
        return start


def _stamp(seconds: int) -> bytes:
    """Time and date, two bytes each."""
    when = gmtime(seconds)
    time = when.tm_hour << 11 | when.tm_min << 5 | when.tm_sec // 2
    date = max(when.tm_year - 1980, 0) << 9 | when.tm_mon << 5 | when.tm_mday
    return time.to_bytes(2, "little") + date.to_bytes(2, "little")


def _seconds(date: int, time: int) -> int:
    return timegm((
        1980 + (date >> 9), date >> 5 & 15 or 1, date & 31 or 1, time >> 11, time >> 5 & 63, (time & 31) * 2, 0, 0, 0,
    ))
