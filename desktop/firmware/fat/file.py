"""FatFile: a file of a FAT volume that is open, with one sector of its own that is not on the device yet."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

from ..modules import room, written
from ..opened import Bytes
from ..runtime import os_error
from .folders import ARCHIVE, Entry, Folder
from .volume import FatVolume

LARGEST = 0xFFFFFFFF


class FatFile(Bytes):
    """Bytes of the file of `entry` in `folder`. `letters`: how it was opened; `now`: seconds since 1970."""

    def __init__(self, volume: FatVolume, folder: Folder, entry: Entry, letters: str, now: Callable[[], int]) -> None:
        self._volume: FatVolume | None = volume  # until that is unmounted
        self._folder = folder
        self._entry = entry
        self._letters = letters
        self._now = now
        self._chain = list(volume.chain(entry.first))
        self._at = entry.size if letters[0] == "a" else 0
        self._held, self._data, self._changed = -1, bytearray(), False  # a sector, by its number in the file
        self._wrote = False

    def readinto(self, buf: Any, *limits: int) -> int:
        volume = self._there()
        if not self.readable():
            raise os_error(errno.EACCES)
        whole = room(buf, limits)
        end = min(self._at + len(whole), self._entry.size)
        done, size = 0, volume.sectors.size
        while self._at < end:
            number, within = divmod(self._at, size)
            run = 1 if within or end - self._at < size else self._run(volume, number, (end - self._at) // size)
            if run > 1:
                self._put_down(volume)
                data = volume.sectors.read(self._sector(volume, number), run)
            else:
                data = self._hold(volume, number)
            part = data[within : within + end - self._at]
            whole[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
        return done

    def write(self, data: Any, *limits: int) -> int:
        """OSError: ENOSPC if the volume is full, with as much written as there was room for."""
        volume = self._there()
        if not self.writable():
            raise os_error(errno.EACCES)
        given = memoryview(written(data, limits)).cast("B")
        self._wrote = True
        count = min(len(given), self._grow(volume, self._at + len(given)) - self._at)
        done, size = 0, volume.sectors.size
        while done < count:
            number, within = divmod(self._at, size)
            if within or count - done < size:
                part = given[done : done + min(count - done, size - within)]
                self._hold(volume, number)[within : within + len(part)] = part
                self._changed = True
            else:
                run = self._run(volume, number, (count - done) // size)
                part = given[done : done + run * size]
                if number <= self._held < number + run:
                    self._held, self._changed = -1, False
                volume.sectors.write(self._sector(volume, number), bytes(part))
            done += len(part)
            self._at += len(part)
            self._entry.size = max(self._entry.size, self._at)
        if done < len(given):
            raise os_error(errno.ENOSPC)
        return done

    def seek(self, offset: int, whence: int = 0) -> int:
        """Behind the end of what may be written there are zeros then, else it is the end."""
        volume, size = self._there(), self._entry.size
        where = offset + (0, self._at, size)[whence]
        if where < 0:
            where = size
        self._at = min(where, size)
        while self._at < where and self.writable():
            self.write(bytes(min(where - self._at, volume.cluster_size)))
        return self._at

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """What was written is on the device."""
        if self.closed or self._volume is None or not self._wrote:
            return
        volume = self._volume
        self._put_down(volume)
        self._entry.written = self._now()
        self._entry.attributes |= ARCHIVE
        self._folder.update(self._entry)
        volume.sync()
        self._wrote = False

    def close(self) -> None:
        """What was written is on the device."""
        if self.closed:
            return
        try:
            self.flush()
        finally:
            self.forget()
            super().close()

    def forget(self) -> None:
        """Its file system is no longer there."""
        self._volume = None

    def _there(self) -> FatVolume:
        if self._volume is None:
            raise os_error(errno.EINVAL if self.closed else errno.ENODEV)
        return self._volume

    def _sector(self, volume: FatVolume, number: int) -> int:
        cluster, within = divmod(number, volume.per_cluster)
        return volume.sector_of(self._chain[cluster]) + within

    def _run(self, volume: FatVolume, number: int, most: int) -> int:
        """How many sectors from there on follow each other on the device, at most so many."""
        first, count = self._sector(volume, number), 1
        while count < most and self._sector(volume, number + count) == first + count:
            count += 1
        return count

    def _hold(self, volume: FatVolume, number: int) -> bytearray:
        if number != self._held:
            self._put_down(volume)
            is_new = number * volume.sectors.size >= self._entry.size
            self._data = bytearray(volume.sectors.size) if is_new else volume.sectors.read(self._sector(volume, number))
            self._held = number
        return self._data

    def _put_down(self, volume: FatVolume) -> None:
        if self._changed:
            volume.sectors.write(self._sector(volume, self._held), self._data)
            self._changed = False

    def _grow(self, volume: FatVolume, size: int) -> int:
        """Make room for so many bytes. How many there is room for, which may be fewer."""
        size = min(size, LARGEST)
        while len(self._chain) * volume.cluster_size < size:
            cluster = volume.allocate(self._chain[-1] if self._chain else 0)
            if not cluster:
                break
            if not self._chain:
                self._entry.first = cluster
            self._chain.append(cluster)
        return min(len(self._chain) * volume.cluster_size, max(size, self._entry.size))
