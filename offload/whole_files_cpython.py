"""A whole file, read or written in one hop: by a thread of the pool "files" unless another is given. CPython only.

    data = await offload.read_bytes("picture.png")
"""

from __future__ import annotations

import builtins
import io
import os
from os import PathLike
from typing import TYPE_CHECKING, Any, Union

from .job import Job
from .pools import pool as named_pool
from .worker import Pool

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Path = Union[str, bytes, "PathLike[str]", "PathLike[bytes]"]


def read_bytes(path: Path | int, *, pool: Pool | None = None) -> Job[bytes]:
    """Awaitable, a Job: all that is in a file. OSError as open and read raise it."""
    return _pool(pool).assign(_read_bytes, path)


def read_text(
    path: Path | int, encoding: str | None = None, errors: str | None = None, *, pool: Pool | None = None
) -> Job[str]:
    """Awaitable, a Job: all that is in a file, as text; line ends become "\\n"."""
    return _pool(pool).assign(_read_text, path, encoding, errors)


def write_bytes(path: Path | int, data: ReadableBuffer, *, pool: Pool | None = None) -> Job[int]:
    """Awaitable, a Job: make the file, or empty it, and write `data`; returns how many bytes.

    Cancelled before it began, it does nothing; later, the data is written all the same.
    """
    return _pool(pool).assign(_write_bytes, path, data)


def write_text(
    path: Path | int, data: str, encoding: str | None = None, errors: str | None = None, newline: str | None = None, *,
    pool: Pool | None = None,
) -> Job[int]:
    """Awaitable, a Job: as write_bytes, for text; returns how many characters."""
    return _pool(pool).assign(_write_text, path, data, encoding, errors, newline)


_SMALL = 1 << 16  # bytes
_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)


def _pool(pool: Pool | None) -> Pool:
    return named_pool("files") if pool is None else pool


# By a thread of the pool.


def _read_bytes(path: Any) -> bytes:
    if isinstance(path, int):
        with io.FileIO(path) as file:
            return file.readall()
    fd = os.open(path, _READ)  # four calls of the system for a small file; FileIO needs seven, a fifth of the whole hop
    try:
        data = os.read(fd, _SMALL)
        more = os.read(fd, _SMALL)
        if not more:
            return data
        with io.FileIO(fd, closefd=False) as file:
            if file.seekable():  # in one piece: it may be large
                file.seek(0)
                return file.readall()
            return b"".join((data, more, file.readall()))
    except OSError as error:
        error.filename = os.fspath(path)
        raise
    finally:
        os.close(fd)


def _read_text(path: Any, encoding: Any, errors: Any) -> str:
    with builtins.open(path, encoding=encoding, errors=errors) as file:
        return file.read()


def _write_bytes(path: Any, data: Any) -> int:
    with builtins.open(path, "wb") as file:
        return file.write(data)


def _write_text(path: Any, data: str, encoding: Any, errors: Any, newline: Any) -> int:
    with builtins.open(path, "w", -1, encoding, errors, newline) as file:
        return file.write(data)
