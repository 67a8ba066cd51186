"""What `open` gives: bytes as they are, or text of UTF-8. Either is written both, as on a board."""

from __future__ import annotations

import errno
import io
from typing import Any

from .modules import room, written
from .runtime import os_error

MODES = ("r", "w", "a", "x", "r+", "w+", "a+", "x+")


def letters_of(mode: str) -> str:
    """`mode` without what it says of text and bytes: one of `MODES`. ValueError."""
    letters = mode.replace("t", "").replace("b", "")
    if letters not in MODES:
        raise ValueError(f"a mode {mode!r} of open(): it is r, w, a or x, with b, t or + after it")
    return letters


class Bytes(io.RawIOBase):
    """Base of a file's bytes. `_letters`: as of `letters_of`."""

    _letters: str

    def readable(self) -> bool:
        return self._letters[0] == "r" or "+" in self._letters

    def writable(self) -> bool:
        return self._letters != "r"

    def seekable(self) -> bool:
        return True


def opened(raw: io.RawIOBase, mode: str) -> Any:
    """The file in block devices, of which `raw` is the bytes: itself if `mode` is one of bytes, else its text.

    `raw.flush` puts it on the device.
    """
    return raw if "b" in mode else Text(buffered(raw, mode), encoding="utf-8", newline="")


def buffered(raw: io.RawIOBase, mode: str) -> Any:
    """`raw` with a buffer, for reading, writing or both."""
    letters = letters_of(mode)
    kind = Random if "+" in letters else Reader if letters == "r" else Writer
    return kind(raw)


class Reader(io.BufferedReader):
    def readinto(self, buf: Any, *limits: int) -> int:
        return super().readinto(room(buf, limits))


class Writer(io.BufferedWriter):
    def write(self, data: Any, *limits: int) -> int:
        return super().write(written(data, limits))


class Random(io.BufferedRandom):
    def readinto(self, buf: Any, *limits: int) -> int:
        return super().readinto(room(buf, limits))

    def write(self, data: Any, *limits: int) -> int:
        return super().write(written(data, limits))


class Text(io.TextIOWrapper):
    def __next__(self) -> str:  # type: ignore[override]
        line = self.readline()  # Python's own would not `tell` afterwards
        if not line:
            raise StopIteration
        return line

    def read(self, size: int | None = -1) -> str:
        if not self.readable():
            raise os_error(errno.EBADF)
        return super().read(size)

    def readinto(self, buf: Any, *limits: int) -> int:
        """Fill `buf` with the next bytes, as far as there are any."""
        at, data = self.tell(), self.buffer
        data.seek(at)  # type: ignore[attr-defined]
        count: int = data.readinto(buf, *limits)  # type: ignore[attr-defined]
        super().seek(at + count)
        return count

    def write(self, data: Any, *limits: int) -> int:
        """How many bytes were taken."""
        if not self.writable():
            raise os_error(errno.EBADF)
        text = data if isinstance(data, str) and not limits else bytes(written(data, limits)).decode()
        super().write(text)
        return len(text) if text.isascii() else len(text.encode())

    def seek(self, offset: int, whence: int = 0) -> int:
        """In bytes, from the start, from where it is or from the end."""
        if whence and offset:
            start = self.tell() if whence == 1 else super().seek(0, 2)
            offset, whence = max(start + offset, 0), 0
        return super().seek(offset, whence)

    def flush(self) -> None:
        super().flush()
        raw: Any = self.buffer.raw  # type: ignore[attr-defined]
        raw.flush()  # Python's own stops at the buffer
