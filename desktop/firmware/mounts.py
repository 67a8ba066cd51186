"""What is mounted where on a board: its own files at `/`, and file systems of the application, in Python or littlefs.

`os`, `vfs` and `open` go through here. A file system of the application is given paths as on a board: from its own root
on if they begin at the board's, and as they are if they are relative to a folder in it.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .files import FOLDER, Files
from .runtime import os_error

Mounted = tuple[str, Any]  # where, what


class Mounts:
    """The table of one board, which begins with `files` at `/`.

    Args: of_device, makes the file system that a block device holds, for `mount`.
    """

    def __init__(self, files: Files, of_device: Callable[[Any], Any]) -> None:
        self._files = files
        self._of_device = of_device
        self._table: list[Mounted] = [("/", files)]  # that at / is the last
        self._current: Mounted | None = None  # whose folder is the current one; None: that above all of them

    def mount(self, what: Any = None, point: str = "", /, *, readonly: bool = False, mkfs: bool = False) -> Any:
        """Mount a file system, or a block device that holds one, at the path `point`. Without: what is mounted.

        OSError: EPERM where something is mounted already, ENODEV for a device without a file system.
        """
        if what is None:
            return [(fs, where) for where, fs in self._table if fs is not self._files]
        if not isinstance(point, str):
            raise TypeError(f"a place to mount at is a path, not {type(point).__name__}")
        if not hasattr(what, "mount"):
            what = self._of_device(what)
        what.mount(readonly, mkfs)
        if not point.startswith("/") or (point != "/" and point.endswith("/")):
            raise _error(errno.EPERM, f"a place to mount at begins with / and does not end with it, not {point!r}")
        for where, _ in self._table:
            if point == where or (where != "/" and point.startswith(where + "/")):
                raise _error(errno.EPERM, f"{where} is mounted already")
        before_root = bool(self._table) and self._table[-1][0] == "/"
        self._table.insert(len(self._table) - before_root, (point, what))
        return None

    def umount(self, what: Any, /) -> None:
        """Take it away, by its path or itself. OSError EINVAL if it is not mounted."""
        for mounted in self._table:
            if what == mounted[0] or what is mounted[1]:
                self._table.remove(mounted)
                if self._current == mounted:
                    self._current = None
                if mounted[1] is not self._files:
                    mounted[1].umount()
                return
        raise _error(errno.EINVAL, f"{what!r} is not mounted")

    def is_of_application(self, path: str) -> bool:
        """Whether the path leads into a file system that the application has mounted."""
        try:
            mounted, _ = self._find(path)
        except OSError:
            return False
        return mounted is not None and mounted[1] is not self._files

    def module_file(self, folder: str, name: str) -> str | None:
        """The file of the module `name` in a folder that the application has mounted; None if there is none."""
        if folder == "" or not self.is_of_application(folder):
            return None
        for path in (f"{folder}/{name}/__init__.py", f"{folder}/{name}.py"):
            try:
                self.stat(path)
            except OSError:
                continue
            return path
        return None

    def open(self, file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None) -> Any:
        """The builtin `open`."""
        fs, path = self._within(file)
        return fs.open(path, mode, buffering, encoding) if fs is self._files else fs.open(path, mode)

    def chdir(self, path: str) -> None:
        mounted, path = self._find(path)
        if mounted is not None:
            mounted[1].chdir(path)
        else:
            for where, fs in self._table:
                if where == "/":
                    fs.chdir("/")
        self._current = mounted

    def getcwd(self) -> str:
        if self._current is None:
            return "/"
        where, fs = self._current
        folder: str = fs.getcwd()
        return folder if where == "/" else where + ("" if folder == "/" else folder)

    def ilistdir(self, path: str = "") -> Iterator[Any]:
        mounted, path = self._find(path)
        return iter(mounted[1].ilistdir(path) if mounted is not None else self._at_top())

    def _at_top(self) -> Iterable[Any]:
        for where, fs in self._table:
            if where == "/":
                yield from fs.ilistdir("/")
            else:
                yield (where[1:], FOLDER, 0)

    def listdir(self, path: str = "") -> list[Any]:
        return [entry[0] for entry in self.ilistdir(path)]

    def stat(self, path: str) -> Any:
        mounted, path = self._find(path)
        return (FOLDER, *[0] * 9) if mounted is None else mounted[1].stat(path)

    def statvfs(self, path: str = "/") -> Any:
        mounted, path = self._find(path)
        if mounted is None:
            mounted = next((mounted for mounted in self._table if mounted[0] == "/"), None)
        return (*[0] * 9, 255) if mounted is None else mounted[1].statvfs(path)

    def mkdir(self, path: str) -> None:
        if self._find(path)[0] is None:
            raise os_error(errno.EEXIST)
        self._do("mkdir", path)

    def rmdir(self, path: str) -> None:
        self._do("rmdir", path)

    def remove(self, path: str) -> None:
        self._do("remove", path)

    def rename(self, old: str, new: str) -> None:
        """Within one file system: OSError EPERM."""
        fs, path = self._within(old)
        other, to = self._within(new)
        if fs is not other:
            raise os_error(errno.EPERM)
        fs.rename(path, to)

    def _do(self, method: str, path: str) -> None:
        fs, path = self._within(path)
        getattr(fs, method)(path)

    def _within(self, path: Any) -> tuple[Any, str]:
        mounted, path = self._find(path)
        if mounted is None:
            raise os_error(errno.EPERM)
        return mounted[1], path

    def _find(self, path: Any) -> tuple[Mounted | None, str]:
        """What is mounted where `path` leads, and the path as that is given it. None: what is above all of them."""
        text = path.decode() if isinstance(path, bytes) else path
        if not isinstance(text, str):
            raise TypeError(f"a path is a str, not {type(path).__name__}")
        if self._current is not None and not text.startswith("/"):
            return self._current, text
        rest = text.removeprefix("/")
        if not rest:
            return None, "/"
        for mounted in self._table:
            name = mounted[0][1:]
            if not name:
                return mounted, text
            if rest == name or rest.startswith(name + "/"):
                return mounted, rest[len(name) :] or "/"
        raise os_error(errno.ENODEV)


def _error(number: int, text: str) -> OSError:
    error = os_error(number)
    error.strerror = text
    return error
