"""offload.open: Python's files, awaited. CPython only.

    async with offload.open("log.txt") as f:
        async for line in f:
            ...

The calls are made by the pool "files" unless another is given: 8 threads, so 8 files that block (a FIFO nobody writes
to, a network share that hangs) hold up the rest. Such files had better have a pool of their own.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Coroutine, Generator, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, AnyStr, Generic, TypeVar, overload

from ..threadsafe.parking import check_timeout
from .arrivals import Arrivals, quick
from .files_thread_cpython import FileThread
from .iterating import turn
from .job import Job, WorkerClosed
from .options import Options
from .pools import pool as named_pool
from .strand_cpython import Strand, StrandJob
from .whole_files_cpython import Path
from .worker import Pool

if TYPE_CHECKING:
    from _typeshed import OpenBinaryMode, OpenTextMode, ReadableBuffer, WriteableBuffer

T = TypeVar("T")
Opener = Callable[[str, int], int]


@overload
def open(
    path: Path | int, mode: OpenTextMode = "r", buffering: int = -1, encoding: str | None = None,
    errors: str | None = None, newline: str | None = None, closefd: bool = True, opener: Opener | None = None, *,
    pool: Pool | None = None, timeout: float | None = None,
) -> Opening[str]: ...
@overload
def open(
    path: Path | int, mode: OpenBinaryMode, buffering: int = -1, encoding: str | None = None,
    errors: str | None = None, newline: str | None = None, closefd: bool = True, opener: Opener | None = None, *,
    pool: Pool | None = None, timeout: float | None = None,
) -> Opening[bytes]: ...
@overload
def open(
    path: Path | int, mode: str, buffering: int = -1, encoding: str | None = None,
    errors: str | None = None, newline: str | None = None, closefd: bool = True, opener: Opener | None = None, *,
    pool: Pool | None = None, timeout: float | None = None,
) -> Opening[Any]: ...
def open(
    path: Path | int, mode: str = "r", buffering: int = -1, encoding: str | None = None,
    errors: str | None = None, newline: str | None = None, closefd: bool = True, opener: Opener | None = None, *,
    pool: Pool | None = None, timeout: float | None = None,
) -> Opening[Any]:
    """The File of that name, awaited or by `async with`, which closes it. Arguments and errors are those of Python's open.

    `pool`: whose threads make the calls. `timeout`: seconds to open it in, then TimeoutError. A file that is opened when
    its caller has gone is closed again by the thread.
    """
    pool = named_pool("files") if pool is None else pool
    return Opening(Strand(pool), (path, mode, buffering, encoding, errors, newline, closefd, opener), timeout)


class Opening(Generic[AnyStr]):
    """What `open` returns: awaitable, once, and an `async with`."""

    def __init__(self, strand: Strand, args: tuple[Any, ...], timeout: float | None) -> None:
        self._strand = strand
        self._job = strand.pool.assign(_open, *args).options(timeout=timeout, dropped=_close_unwanted)
        self._file: File[AnyStr] | None = None

    def __await__(self) -> Generator[Any, Any, File[AnyStr]]:
        return self._open().__await__()

    async def _open(self) -> File[AnyStr]:
        return File(await self._job, self._strand)

    async def __aenter__(self) -> File[AnyStr]:
        file = self._file = await self._open()
        return file

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._file is not None:
            await self._file.close()


@quick
class File(Arrivals, Generic[AnyStr]):
    """An open file, for tasks of any loop.

    | | blocks the awaiting task | hops |
    |---|---|---|
    | `read`, `readline`, `readlines`, `readinto`, `write`, `writelines`, `seek`, `tell`, `truncate`, `flush` | until done | 1 |
    | `async for line in f` | if the block is used up | 1 for each block of some 64 kB |
    | `close`, the end of `async with` | until it is closed | 1 |
    | `fileno`, `readable`, `writable`, `seekable`, `isatty`, `name`, `mode`, `encoding`, `closed` | never | 0 |

    What is awaited first is done first, whichever task asks. Each call is a Job: `f.read().options(timeout=1)`.
    Arguments, results and errors are Python's; ValueError after `close`.

    Position: lines that `async for` has fetched and not yet handed over are given back before any other call, so that
    `tell`, `read` or `write` after some lines find the file where the loop stopped, in text and binary mode alike; the
    loop may go on afterwards. Lines of a pipe or a terminal, which can't be sought, are fetched one by one as they come.

    Cancelled, or late: a call whose turn has not come is never made. A read that runs has no effect: the file is set back
    to where it was, and what it took from a pipe goes to the next read; unless another task's call was made meanwhile.
    (The buffer of `readinto` may be written to all the same.) A write that runs is done. A thread that is stuck stays so,
    and the calls of this file wait for it; other files go on.
    """

    def __init__(self, thread: FileThread, strand: Strand) -> None:
        Arrivals.__init__(self, thread.block)
        self._closed = False
        self._thread = thread
        self._strand = strand

    if TYPE_CHECKING:

        def __anext__(self) -> Coroutine[Any, Any, AnyStr]: ...

    # One hop each.

    def read(self, size: int | None = -1) -> Job[AnyStr]:
        """Up to `size` bytes or characters, all that is left if negative; empty at the end."""
        return self._reading(self._thread.read, size)

    def readline(self, size: int = -1) -> Job[AnyStr]:
        """A line with its end; empty at the end of the file."""
        return self._reading(self._thread.readline, size)

    def readlines(self, hint: int | None = -1) -> Job[list[AnyStr]]:
        """A list of lines: all, or as many as make `hint` bytes or characters."""
        return self._reading(self._thread.readlines, hint)

    def readinto(self: File[bytes], buffer: WriteableBuffer) -> Job[int]:
        """Fill `buffer`; returns how many bytes. The buffer is the thread's until then, even if the caller has gone."""
        return self._reading(self._thread.readinto, buffer)

    @overload
    def write(self: File[str], data: str) -> Job[int]: ...
    @overload
    def write(self: File[bytes], data: ReadableBuffer) -> Job[int]: ...
    def write(self, data: Any) -> Job[int]:
        """Write `data`, to the file's buffer perhaps; returns how many bytes or characters."""
        return self._doing(self._thread.write, data)

    @overload
    def writelines(self: File[str], lines: Iterable[str]) -> Job[None]: ...
    @overload
    def writelines(self: File[bytes], lines: Iterable[ReadableBuffer]) -> Job[None]: ...
    def writelines(self, lines: Iterable[Any]) -> Job[None]:
        """Write what `lines` gives; an iterator is advanced by the thread, and may block."""
        return self._doing(self._thread.writelines, lines)

    def seek(self, offset: int, whence: int = 0) -> Job[int]:
        """Go to a position, which is returned."""
        return self._doing(self._thread.seek, offset, whence)

    def tell(self) -> Job[int]:
        """The position: bytes, or what `seek` takes."""
        return self._doing(self._thread.tell)

    def truncate(self, size: int | None = None) -> Job[int]:
        """Make the file `size` bytes long, or as long as its position says."""
        return self._doing(self._thread.truncate, size)

    def flush(self) -> Job[None]:
        """Hand what is in the buffer to the system."""
        return self._doing(self._thread.flush)

    def _reading(self, fn: Callable[..., T], *args: Any) -> Job[T]:
        if self._closed:
            raise ValueError(_CLOSED)
        return self._strand.assign(fn, args, self._thread.undo)

    def _doing(self, fn: Callable[..., T], *args: Any) -> Job[T]:
        if self._closed:
            raise ValueError(_CLOSED)
        return self._strand.assign(fn, args)

    async def _fill(self) -> bool:
        """Have more lines; see Arrivals."""
        if self._closed:
            raise ValueError(_CLOSED)
        await turn
        return bool(await self._strand.assign(self._thread.fetch))

    # The end.

    async def close(self, timeout: float | None = None) -> None:
        """Close it when the calls before have been made. It may be called again.

        Cancelled, or after `timeout` seconds, it is closed all the same, as soon as those have ended. If one of them was
        abandoned by its caller and is stuck, close does not wait for it. An error with nobody to go to is printed.
        """
        thread, strand = self._thread, self._strand
        self._closed = True
        thread.block.clear()
        if thread.raw.closed:
            return
        job = StrandJob(strand, thread.close, (strand.report,))
        job.kept = True  # it is not taken back
        job.limits = Options(check_timeout(timeout), None, None)
        try:
            if strand.stuck():
                thread.reported = True
                job.start()
            if job.state == _NEW or not thread.reported:
                await job
        except WorkerClosed:
            thread.raw.close()  # no thread is to be had any more
        except BaseException:
            if not job.taken:
                thread.reported = True
                if job.state == _NEW:  # there was no room until now
                    strand.afterwards(thread.close, (strand.report,))
                thread.report(strand.report)
            raise

    async def __aenter__(self) -> File[AnyStr]:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    # What needs no thread.

    def fileno(self) -> int:
        """The descriptor. OSError if there is none."""
        number: int = self._thread.raw.fileno()
        return number

    def isatty(self) -> bool:
        return bool(self._thread.raw.isatty())

    def readable(self) -> bool:
        return bool(self._thread.raw.readable())

    def writable(self) -> bool:
        return bool(self._thread.raw.writable())

    def seekable(self) -> bool:
        return bool(self._thread.raw.seekable())

    @property
    def closed(self) -> bool:
        """True from `close` on."""
        return self._closed

    @property
    def name(self) -> Any:
        return self._thread.raw.name

    @property
    def mode(self) -> str:
        mode: str = self._thread.raw.mode
        return mode

    @property
    def encoding(self) -> str | None:
        """None for a binary file."""
        return getattr(self._thread.raw, "encoding", None)

    def __repr__(self) -> str:
        return f"<{'closed' if self._closed else 'open'} offload.File {self._thread.raw.name!r}>"


_NEW = 0  # a state of Job
_CLOSED = "I/O operation on closed file."


# By a thread of the pool.


def _open(path: Any, mode: str, buffering: int, encoding: Any, errors: Any, newline: Any, *rest: Any) -> FileThread:
    raw = builtins.open(path, mode, buffering, encoding, errors, newline, *rest)
    try:
        thread = FileThread(raw)
    except BaseException:
        raw.close()
        raise
    thread.newline = newline
    return thread


def _close_unwanted(thread: FileThread | None, error: BaseException | None) -> None:
    if thread is not None:
        thread.raw.close()
