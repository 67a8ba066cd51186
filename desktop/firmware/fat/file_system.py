"""VfsFat: a FAT file system on a block device of the application, an SD card's for instance, as MicroPython has it.

What it writes other systems read, and the other way round: FAT12, FAT16 and FAT32, with long names. Two files that are
open at once for the same name do not see each other's changes, as on a board.
"""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from ..files import FILE
from ..files import FOLDER as FOLDER_TYPE
from ..of_board import OfBoard
from ..opened import letters_of, opened
from ..runtime import os_error
from .file import FatFile
from .folders import ARCHIVE, FOLDER, READ_ONLY, Entry, Folder
from .making import make_fat
from .volume import FatVolume, Sectors

NAME_MAX = 255
NONE_THERE = "no FAT file system is on the device: VfsFat.mkfs(device) makes one"
TIME_OF_ROOT = 946_684_800  # 2000-01-01


class VfsFat(OfBoard):
    """`VfsFat(device)`: the file system that is on `device`, whose blocks have 512 bytes, or up to 4096.

    Where there is none, `os.mount` raises OSError ENODEV: `VfsFat.mkfs(device)` makes one.
    """

    def __init__(self, device: Any) -> None:
        self._device = device
        self._folder = "/"
        self._files: WeakSet[FatFile] = WeakSet()  # that are open, or were
        self._volume = _volume_on(Sectors(device))

    @property
    def is_there(self) -> bool:
        """Whether the device holds one."""
        return self._volume is not None

    @staticmethod
    def mkfs(device: Any) -> None:
        """Make an empty file system on `device`. OSError."""
        make_fat(Sectors(device))

    def mount(self, readonly: bool, mkfs: bool) -> None:
        """`os.mount` calls this. With `mkfs` an empty file system is made where there is none."""
        if self._volume is None and mkfs:
            self.mkfs(self._device)
        if self._volume is None or readonly:
            self._volume = _volume_on(Sectors(self._device, readonly=readonly))
        self._there()

    def umount(self) -> None:
        """`os.umount` calls this: what files hold that are open is lost."""
        for file in list(self._files):
            file.forget()
        self._files.clear()
        if self._volume is not None:
            self._volume.sync()

    def open(self, path: str, mode: str = "r") -> Any:
        """A file. OSError."""
        letters = letters_of(mode)
        with self._changing() as volume:
            folder, name = self._parent(path)
            entry = folder.find(name)
            if letters[0] == "x" and entry is not None:
                raise os_error(errno.EEXIST)
            if letters == "r" and (entry is None or entry.is_folder):
                raise os_error(errno.ENOENT)
            if entry is None and letters[0] == "r":
                raise os_error(errno.ENOENT)
            if entry is not None and letters != "r" and entry.attributes & (FOLDER | READ_ONLY):
                raise os_error(errno.EACCES)
            if letters != "r":
                self._writable()
            if entry is None:
                entry = folder.add(name, ARCHIVE, 0, 0, self._now())
            elif letters[0] == "w":
                first, entry.first, entry.size, entry.written = entry.first, 0, 0, self._now()
                folder.update(entry)
                volume.free(first)
        raw = FatFile(volume, folder, entry, letters, self._now)
        self._files.add(raw)
        return opened(raw, mode)

    def ilistdir(self, path: str = "") -> Iterator[tuple[Any, ...]]:
        """(name, type, 0, size) of each entry."""
        return iter([(entry.name, _type(entry), 0, entry.size) for entry in self._folder_at(path).entries()])

    def mkdir(self, path: str) -> None:
        with self._changing() as volume:
            folder, name = self._parent(path, errno.EEXIST)
            if folder.find(name) is not None:
                raise os_error(errno.EEXIST)
            self._writable()
            cluster = volume.allocate()
            if not cluster:
                raise os_error(errno.EACCES)
            try:
                volume.clear(cluster)
                Folder(volume, cluster).lead(folder.first)
                folder.add(name, FOLDER, cluster, 0, self._now())
            except OSError:
                volume.free(cluster)
                raise

    def rmdir(self, path: str) -> None:
        """OSError: EACCES if it is not empty, or the current one."""
        self._remove(path, folders=True)

    def remove(self, path: str) -> None:
        self._remove(path, folders=False)

    def _remove(self, path: str, *, folders: bool) -> None:
        with self._changing() as volume:
            folder, name = self._parent(path)
            entry = folder.find(name)
            if entry is None:
                raise os_error(errno.ENOENT)
            if entry.is_folder != folders:
                raise os_error(errno.ENOTDIR if folders else errno.EISDIR)
            self._writable()
            is_used = folders and (self._at(path) == self._folder or any(Folder(volume, entry.first).entries()))
            if is_used or entry.attributes & READ_ONLY:
                raise os_error(errno.EACCES)
            folder.remove(entry)
            volume.free(entry.first)

    def rename(self, old: str, new: str) -> None:
        """A file that has the new name is removed. OSError: EISDIR if it is a folder."""
        with self._changing() as volume:
            source, name = self._parent(old)
            entry = source.find(name)
            if entry is None:
                raise os_error(errno.ENOENT)
            before, after = self._at(old).upper(), self._at(new).upper()
            if after.startswith(before + "/"):
                raise os_error(errno.EINVAL)
            target, wanted = self._parent(new)
            there = target.find(wanted)
            is_same = there is not None and (target.first, there.slots) == (source.first, entry.slots)
            if there is not None and not is_same:
                self._remove(new, folders=False)
                source, target = self._parent(old)[0], self._parent(new)[0]
            self._writable()
            if target.first == source.first:
                source = target
            if is_same:  # other capitals only: its short name is free for itself
                source.remove(entry)
            target.add(wanted, entry.attributes, entry.first, entry.size, entry.written)
            if not is_same:
                source.remove(entry)
            if entry.is_folder and target.first != source.first:
                Folder(volume, entry.first).lead(target.first)

    def chdir(self, path: str) -> None:
        """OSError ENOENT if it is no folder."""
        self._folder_at(path)
        self._folder = self._at(path)

    def getcwd(self) -> str:
        return self._folder

    def stat(self, path: str) -> tuple[int, ...]:
        """(type, 0, 0, 0, 0, 0, size, and three times in seconds of the board's epoch)."""
        self._there()
        when, size, kind = TIME_OF_ROOT, 0, FOLDER_TYPE
        if self._at(path) != "/":
            folder, name = self._parent(path)
            entry = folder.find(name)
            if entry is None:
                raise os_error(errno.ENOENT)
            when, size, kind = entry.written, entry.size, _type(entry)
        when -= self._world.calendar.epoch
        return (kind, 0, 0, 0, 0, 0, size, when, when, when)

    def statvfs(self, path: str = "/") -> tuple[int, ...]:
        """Its clusters, and those that are free."""
        volume = self._there()
        size, free = volume.cluster_size, volume.count_free()
        return (size, size, volume.clusters, free, free, 0, 0, 0, 0, NAME_MAX)

    def _there(self) -> FatVolume:
        if self._volume is None:
            error = os_error(errno.ENODEV)
            error.strerror = NONE_THERE
            raise error
        return self._volume

    @contextmanager
    def _changing(self) -> Iterator[FatVolume]:
        """What is changed within is on the device afterwards, as far as it got."""
        volume = self._there()
        yield volume
        volume.sync()

    def _writable(self) -> None:
        if self._there().sectors.readonly:
            raise os_error(errno.EROFS)

    def _now(self) -> int:
        return self._world.calendar.now_us() // 1_000_000

    def _at(self, path: Any) -> str:
        text = path.decode() if isinstance(path, bytes) else path
        return "/" + posixpath.normpath(posixpath.join(self._folder, text)).lstrip("/")

    def _parent(self, path: Any, of_root: int = errno.EINVAL) -> tuple[Folder, str]:
        """The folder that `path` is in, and its name there."""
        head, name = posixpath.split(self._at(path))
        if not name:
            raise os_error(of_root)
        return self._folder_at(head), name

    def _folder_at(self, path: Any) -> Folder:
        """OSError ENOENT if it is none."""
        volume = self._there()
        folder = Folder(volume)
        for name in self._at(path).split("/"):
            if name and name != ".":
                entry = folder.find(name)
                if entry is None or not entry.is_folder:
                    raise os_error(errno.ENOENT)
                folder = Folder(volume, entry.first)
        return folder


def _volume_on(sectors: Sectors) -> FatVolume | None:
    try:
        return FatVolume(sectors)
    except LookupError:
        return None


def _type(entry: Entry) -> int:
    return FOLDER_TYPE if entry.is_folder else FILE
