"""VfsLfs2: littlefs on a block device of the application, as MicroPython writes and reads it.

It is the same littlefs, from the package littlefs-python; what it keeps on the device a board can mount. Errors are
OSErrors with littlefs's numbers; what the device raises is raised by the call that needed it.
"""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from .files import FILE, FOLDER
from .modules import room, written
from .of_board import OfBoard
from .opened import Bytes, letters_of, opened
from .runtime import os_error

if TYPE_CHECKING:
    from littlefs import LittleFS

T = TypeVar("T")
SYNC, COUNT, SIZE, ERASE = 3, 4, 5, 6  # of a device's ioctl
IO_ERROR = -errno.EIO
CORRUPT, DIRECTORY = 84, 2  # littlefs's own
MTIME = 1  # the attribute of a file in which MicroPython keeps when it was written, in ns since 1970
BLOCK_CYCLES = 100


class Device:
    """A block device of the application, as littlefs calls it.

    littlefs-python swallows what a callback raises: it is kept in `failed`, and until then nothing more is written.
    """

    def __init__(self, device: Any) -> None:
        self._device = device
        self.failed: BaseException | None = None

    def read(self, cfg: Any, block: int, off: int, size: int) -> bytearray:
        data = bytearray(size)
        self._ask(lambda: self._device.readblocks(block, data, off))
        return data

    def prog(self, cfg: Any, block: int, off: int, data: bytes) -> int:
        return self._ask(lambda: self._device.writeblocks(block, bytearray(data), off))

    def erase(self, cfg: Any, block: int) -> int:
        return self._ask(lambda: self._device.ioctl(ERASE, block))

    def sync(self, cfg: Any) -> int:
        return self._ask(lambda: self._device.ioctl(SYNC, 0))

    def _ask(self, act: Callable[[], Any]) -> int:
        if self.failed is not None:
            return IO_ERROR
        try:
            said = act()
        except BaseException as error:
            self.failed = error
            return IO_ERROR
        return said if isinstance(said, int) and said < 0 else 0


class VfsLfs2(OfBoard):
    """`VfsLfs2(device, readsize=32, progsize=32, lookahead=32, mtime=True)`: the file system that is on `device`.

    OSError 84 if there is none: `VfsLfs2.mkfs(device)` makes one. Paths are relative to its root.
    """

    def __init__(
        self, device: Any, readsize: int = 32, progsize: int = 32, lookahead: int = 32, mtime: bool = True
    ) -> None:
        self._device, self._lfs = _open(device, readsize, progsize, lookahead)
        self._mtime = mtime
        self._folder = "/"
        self._files: WeakSet[_File] = WeakSet()  # that are open, or were
        try:
            self._do(self._lfs.mount)
        except OSError as error:
            if error.errno == CORRUPT:
                error.strerror = "no littlefs is on the device: VfsLfs2.mkfs(device) makes one"
            raise

    @staticmethod
    def mkfs(device: Any, readsize: int = 32, progsize: int = 32, lookahead: int = 32) -> None:
        """Make an empty file system on `device`. OSError."""
        made, lfs = _open(device, readsize, progsize, lookahead)
        _call(made, lfs.format)

    def mount(self, readonly: bool, mkfs: bool) -> None:
        """`os.mount` calls this. It is not read-only, as on a board."""

    def umount(self) -> None:
        """`os.umount` calls this: files that are open are lost, as on a board."""
        for file in list(self._files):
            file.forget()
        self._files.clear()
        self._do(self._lfs.unmount)

    def open(self, path: str, mode: str = "r") -> Any:
        """A file. OSError."""
        raw = _File(self, self._at(path), letters_of(mode))
        self._files.add(raw)
        return opened(raw, mode)

    def ilistdir(self, path: str = "") -> Iterator[tuple[Any, ...]]:
        """(name, type, 0, size) of each entry."""
        found = self._do(lambda: list(self._lfs.scandir(self._at(path))))
        return iter([(entry.name, *_type_and(entry, 0)) for entry in found])

    def mkdir(self, path: str) -> None:
        self._do(lambda: self._lfs.mkdir(self._at(path)))

    def rmdir(self, path: str) -> None:
        self._do(lambda: self._lfs.remove(self._at(path)))

    remove = rmdir

    def rename(self, old: str, new: str) -> None:
        self._do(lambda: self._lfs.rename(self._at(old), self._at(new)))

    def chdir(self, path: str) -> None:
        """OSError ENOENT if it is no folder."""
        where = self._at(path)
        if where != "/" and self._do(lambda: self._lfs.stat(where)).type != DIRECTORY:
            raise os_error(errno.ENOENT)
        self._folder = where

    def getcwd(self) -> str:
        return self._folder

    def stat(self, path: str) -> tuple[int, ...]:
        """(type, 0, 0, 0, 0, 0, size, and three times in seconds of the board's epoch)."""
        where = self._at(path)
        found = self._do(lambda: self._lfs.stat(where))
        when = self._written(where) if found.type != DIRECTORY else 0
        return (*_type_and(found, 0, 0, 0, 0, 0), when, when, when)

    def statvfs(self, path: str = "/") -> tuple[int, ...]:
        """Its blocks, and those that are free."""
        size, count = self._lfs.cfg.block_size, self._lfs.block_count
        free = count - self._do(lambda: self._lfs.used_block_count)
        return (size, size, count, free, free, 0, 0, 0, 0, self._lfs.cfg.name_max)

    def _written(self, path: str) -> int:
        try:
            kept = self._do(lambda: self._lfs.getattr(path, MTIME))
        except OSError:  # it has none: another system wrote it, or one without mtime
            return 0
        return max(0, int.from_bytes(kept[:8], "little") // 1_000_000_000 - self._world.calendar.epoch)

    def _note_time(self, path: str) -> None:
        if self._mtime:
            when = self._world.calendar.now_us() * 1000
            self._do(lambda: self._lfs.setattr(path, MTIME, when.to_bytes(8, "little")))

    def _at(self, path: Any) -> str:
        text = path.decode() if isinstance(path, bytes) else path
        return "/" + posixpath.normpath(posixpath.join(self._folder, text)).lstrip("/")

    def _do(self, act: Callable[[], T]) -> T:
        return _call(self._device, act)


class _File(Bytes):
    """A file that is open, without a buffer but littlefs's own."""

    def __init__(self, of: VfsLfs2, path: str, letters: str) -> None:
        self._of: VfsLfs2 | None = None  # whose it is, until that is unmounted
        from littlefs import lfs

        self._lfs: Any = lfs
        self._path = path
        self._letters = letters
        self._wrote = letters[0] in "wx"
        self._handle = of._do(lambda: lfs.file_open(of._lfs.fs, path, letters))
        self._of = of

    def readinto(self, buf: Any, *limits: int) -> int:
        whole = room(buf, limits)
        data: bytes = self._do(self._lfs.file_read, len(whole))
        whole[: len(data)] = data
        return len(data)

    def write(self, data: Any, *limits: int) -> int:
        if not self.writable():
            raise os_error(errno.EBADF)
        self._wrote = True
        count: int = self._do(self._lfs.file_write, bytes(written(data, limits)))
        return count

    def seek(self, offset: int, whence: int = 0) -> int:
        where: int = self._do(self._lfs.file_seek, offset, whence)
        return where

    def tell(self) -> int:
        where: int = self._do(self._lfs.file_tell)
        return where

    def flush(self) -> None:
        if not self.closed and self._of is not None and self._wrote:
            self._do(self._lfs.file_sync)

    def close(self) -> None:
        """What was written is on the device."""
        if self.closed:
            return
        of = self._of
        try:
            if of is not None:
                self._do(self._lfs.file_close)
                if self._wrote:
                    of._note_time(self._path)
        finally:
            self._of = None
            super().close()

    def forget(self) -> None:
        """Its file system is no longer there."""
        self._of = None

    def _do(self, act: Callable[..., Any], *arguments: Any) -> Any:
        of = self._of
        if of is None:
            raise os_error(errno.ENODEV)
        return of._do(lambda: act(of._lfs.fs, self._handle, *arguments))


def _type_and(found: Any, *between: int) -> tuple[int, ...]:
    """The type, what stands between, and the size, which littlefs does not give of a folder."""
    folder = found.type == DIRECTORY
    return (FOLDER if folder else FILE, *between, 0 if folder else found.size)


def _open(device: Any, readsize: int, progsize: int, lookahead: int) -> tuple[Device, LittleFS]:
    """The device and littlefs on it, with MicroPython's settings, not mounted yet."""
    if not hasattr(device, "readblocks"):
        raise AttributeError(f"{type(device).__name__!r} object has no attribute 'readblocks': it is no block device")
    try:
        from littlefs import LittleFS
    except ImportError:
        raise ImportError("VfsLfs2 needs littlefs-python: pip install 'twincore[board]'") from None
    made, size = Device(device), device.ioctl(SIZE, 0)
    return made, LittleFS(
        made,  # type: ignore[arg-type]
        mount=False,
        block_size=size,
        block_count=device.ioctl(COUNT, 0),
        read_size=readsize,
        prog_size=progsize,
        cache_size=min(size, 4 * max(readsize, progsize)),
        lookahead_size=lookahead,
        block_cycles=BLOCK_CYCLES,
    )


def _call(device: Device, act: Callable[[], T]) -> T:
    from littlefs import LittleFSError

    device.failed = None
    try:
        value = act()
    except LittleFSError as error:
        raise (device.failed or os_error(-error.code)) from None
    except FileNotFoundError:  # as littlefs-python has it, without a number
        raise os_error(errno.ENOENT) from None
    except FileExistsError:
        raise os_error(errno.EEXIST) from None
    if device.failed is not None:
        raise device.failed
    return value
