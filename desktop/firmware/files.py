"""The files of a board: a folder of the desktop that the application sees as `/`, with MicroPython's `open` and `os`.

Paths are the board's: `/data/log.txt`, or relative to its current folder. `..` does not lead out. Errors are OSErrors
that show the number and its symbol, as a board's do, and nothing of the desktop's paths. Any thread.
"""

from __future__ import annotations

import errno
import io
import os
import posixpath
import stat as modes
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from .opened import Text, buffered, letters_of
from .runtime import os_error

FOLDER, FILE = 0x4000, 0x8000  # the types in ilistdir and stat
BLOCK, BLOCKS = 4096, 352  # of a Pico's file system: 1.4 MB


class Files:
    """The file system of one board, at the folder `root`, which is made when something is written to it."""

    def __init__(self, root: Path, epoch: int = 0) -> None:
        """`epoch`: what the board's times count from, in seconds since 1970."""
        self.root = root.resolve()
        self._epoch = epoch
        self._folder = "/"
        self._open: weakref.WeakSet[IO[Any]] = weakref.WeakSet()

    def real(self, path: str | bytes) -> Path:
        """The desktop's path of the board's `path`."""
        return self.root.joinpath(self.absolute(path).lstrip("/"))

    def absolute(self, path: str | bytes) -> str:
        """The board's `path` from its root on."""
        text = path.decode() if isinstance(path, bytes) else path
        if not isinstance(text, str):
            raise TypeError(f"a path is a str, not {type(path).__name__}")
        return "/" + posixpath.normpath(posixpath.join(self._folder, text)).lstrip("/")

    def open(self, file: str | bytes, mode: str = "r", buffering: int = -1, encoding: str | None = None) -> IO[Any]:
        """MicroPython's `open`: text is UTF-8, and its line ends are left as they are."""
        if set(mode) & set("wax"):
            self._make_root()
        letters = letters_of(mode)
        try:
            data = buffered(io.FileIO(self.real(file), letters), letters)
        except OSError as error:
            raise _as_board(error) from None
        opened: IO[Any] = data if "b" in mode else Text(data, encoding=encoding or "utf-8", newline="")
        self._open.add(opened)
        return opened

    def close(self) -> None:
        """Close what the application has left open; what it wrote is kept."""
        for opened in list(self._open):
            opened.close()

    def chdir(self, path: str) -> None:
        where = self.absolute(path)
        if where != "/" and not self.real(path).is_dir():
            raise os_error(errno.ENOENT)
        self._folder = where

    def getcwd(self) -> str:
        return self._folder

    def listdir(self, path: str = "") -> list[str]:
        return [str(entry[0]) for entry in self.ilistdir(path)]

    def ilistdir(self, path: str = "") -> Iterator[tuple[str, int, int, int]]:
        """(name, type, inode, size) of each entry, in order of their names."""
        folder = self.real(path)
        if not folder.exists() and folder == self.root:
            return iter(())
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise _as_board(error) from None
        return iter([(e.name, FOLDER, 0, 0) if e.is_dir() else (e.name, FILE, 0, _size(e)) for e in entries])

    def mkdir(self, path: str) -> None:
        self._make_root()
        self._do(os.mkdir, path)

    def rmdir(self, path: str) -> None:
        self._do(os.rmdir, path)

    def remove(self, path: str) -> None:
        """Remove a file, or as on a board an empty folder."""
        self._do(os.rmdir if self.real(path).is_dir() else os.remove, path)

    def rename(self, old: str, new: str) -> None:
        self._do(os.replace, old, self.real(new))

    def stat(self, path: str) -> tuple[int, ...]:
        """(type, 0, 0, 0, 0, 0, size, and three times in seconds of the board's epoch)."""
        if self.absolute(path) == "/":
            return (FOLDER, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        found: os.stat_result = self._do(os.stat, path)
        if modes.S_ISDIR(found.st_mode):
            return (FOLDER, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        when = int(found.st_mtime) - self._epoch
        return (FILE, 0, 0, 0, 0, 0, found.st_size, when, when, when)

    def statvfs(self, path: str = "/") -> tuple[int, ...]:
        """A Pico's file system, with what is used by the files there are now."""
        self.stat(path)
        sizes = [entry.stat().st_size for entry in self.root.rglob("*") if entry.is_file()]
        free = max(0, BLOCKS - 2 - sum(-(-size // BLOCK) for size in sizes))
        return (BLOCK, BLOCK, BLOCKS, free, free, 0, 0, 0, 0, 255)

    def _make_root(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)

    def _do(self, act: Any, path: str, *more: Any) -> Any:
        try:
            return act(self.real(path), *more)
        except OSError as error:
            raise _as_board(error) from None


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:  # a link to nowhere
        return 0


def _as_board(error: OSError) -> OSError:
    return os_error(error.errno or errno.EIO)
