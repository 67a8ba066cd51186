"""A Python file as the threads of a pool use it, one at a time: lines by the block, and how what was too much goes back.

`async for` takes lines from `block`, which a thread has filled. Whatever call comes next first gives back what is left
there. Both pop, the task at the right, where the next line is, the thread at the left, so each line goes to one of them
and what goes back is the end of the block. CPython's deque makes each of these steps whole.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable
from typing import Any

BLOCK = 1 << 16  # bytes or characters that `async for` fetches at a time, and the line's end


class FileThread:
    """The file `raw`. All methods are called by a thread that has the file to itself; `block` is shared."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.block: deque[Any] = deque()
        self.errors: list[Exception] = []  # of a `close`, popped by who reports it
        self.reported = False  # by the thread: no task will
        self._text = isinstance(raw, io.TextIOBase)
        self._seekable = raw.seekable()
        self._unread: Any = None  # of a pipe, or what can't be sought: comes before what `raw` has
        self._start: Any = None  # of text: where the last read began, as `tell` has it
        self._taken = 0  # characters of the block, at first
        self._failure: Exception | None = None  # of a fetch, to be raised after the lines that came before it
        self._was_read = False  # since it was written: text has been read ahead, and would be written behind that

    # Reading. What these return may have to go back: see `undo`.

    def read(self, size: int | None = -1) -> Any:
        self._begin_read()
        if self._unread is None:
            return self.raw.read(size)
        if size is None or size < 0:
            return self._take_unread() + (self.raw.read() or self._nothing())
        data, self._unread = self._unread[:size], self._unread[size:] or None
        if len(data) < size:
            data += self.raw.read(size - len(data)) or self._nothing()
        return data

    def readline(self, size: int = -1) -> Any:
        self._begin_read()
        return self._readline(size)

    def readlines(self, hint: int | None = -1) -> list[Any]:
        self._begin_read()
        if self._unread is None and not self._text:
            lines: list[Any] = self.raw.readlines(hint)
            return lines
        return self._lines(hint, [])

    def readinto(self, buffer: Any) -> Any:
        self._begin_read()
        if self._unread is None:
            return self.raw.readinto(buffer)
        with memoryview(buffer).cast("B") as view:
            count = min(len(view), len(self._unread))
            view[:count] = self._unread[:count]
        self._unread = self._unread[count:] or None
        return count

    def fetch(self) -> bool:
        """Put the next lines in the block: some 64 kB, or one if they can't be given back by seeking. False at the end.

        A pipe, or a terminal, is not kept waiting for a block: each of its lines is handed over when it comes.
        """
        if self.block:
            return True  # by a fetch whose task was cancelled, or another's
        self._begin_read()
        if not self._seekable or self._unread is not None:
            lines = [self._readline(-1)]
            if not lines[0]:
                return False
        elif self._text:
            lines = []
            try:
                self._lines(BLOCK, lines)
            except Exception as error:  # bytes that are no text, say
                if not lines:
                    raise
                self._failure = error
            self._taken = sum(map(len, lines))
        else:
            lines = self._block()
        self.block.extendleft(lines)
        return bool(lines)

    def _block(self) -> list[Any]:
        raw = self.raw
        start = raw.tell()
        try:
            whole: list[Any] = raw.readlines(BLOCK)
            return whole
        except OSError:  # what came before it was read and is lost, the file's own buffer included
            raw.seek(start)
        lines: list[Any] = []
        try:
            self._lines(BLOCK, lines)
        except OSError as error:
            raw.seek(start + sum(map(len, lines)))
            if not lines:
                raise
            self._failure = error
        return lines

    def _readline(self, size: int) -> Any:
        if self._unread is None:
            return self.raw.readline(size)
        if self._text:  # by the line ends of the file
            lines: Any = io.StringIO(self._unread, newline="" if self.newline == "" else "\n")
        else:
            lines = io.BytesIO(self._unread)
        line = lines.readline(size)
        rest = lines.read()
        self._unread = rest or None
        if rest or len(line) == size or line[-1:] in ("\n", b"\n"):
            return line
        return line + self.raw.readline(size if size < 0 else size - len(line))

    newline: str | None = None

    def _lines(self, hint: int | None, lines: list[Any]) -> list[Any]:
        # Not by iterating: that makes a text file forget where it is.
        left = hint if hint is not None and hint > 0 else None
        readline = self.raw.readline if self._unread is None else lambda: self._readline(-1)
        while True:
            line = readline()
            if not line:
                return lines
            lines.append(line)
            if left is not None:
                left -= len(line)
                if left < 0:  # more than it, as for binary files
                    return lines

    # The rest.

    def write(self, data: Any) -> int:
        self._begin_write()
        count: int = self.raw.write(data)
        return count

    def writelines(self, lines: Iterable[Any]) -> None:
        self._begin_write()
        self.raw.writelines(lines)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._begin()
        self._failure = None
        position: int = self.raw.seek(offset, whence)
        self._unread = None
        return position

    def tell(self) -> int:
        self._begin()
        position: int = self.raw.tell()
        return position

    def truncate(self, size: int | None = None) -> int:
        self._begin_write()
        length: int = self.raw.truncate(size)
        return length

    def flush(self) -> None:
        self.raw.flush()

    def close(self, report: Any) -> None:
        """Errors go to `report` if `reported`, by this or later; else they are raised."""
        try:
            self.raw.close()
        except Exception as error:
            self.errors.append(error)
            self.report(report)
            if not self.reported:
                raise

    def report(self, report: Any) -> None:
        """Any thread."""
        if self.reported:
            try:
                error = self.errors.pop()
            except IndexError:
                return
            report("To close " + repr(getattr(self.raw, "name", self.raw)) + " failed", error)

    # Going back.

    def undo(self, job: Any) -> None:
        """The read that `job` is has nobody to go to: have the next begin where it did."""
        result, self_read = job.result, job.func == self.readinto
        if not result:
            return
        if self_read:
            with memoryview(job.args[0]).cast("B") as view:
                self._go_back(result, lambda: bytes(view[:result]))
        elif isinstance(result, list):
            self._go_back(sum(map(len, result)), lambda: result[0][:0].join(result))
        else:
            self._go_back(len(result), lambda: result)

    def _go_back(self, count: int, data: Any) -> None:
        if not self._seekable or (self._text and self._start is None):
            self._unread = data() + (self._unread or self._nothing())
        elif self._text:
            self.raw.seek(self._start)
        else:
            self.raw.seek(-count, 1)

    def _begin_read(self) -> None:
        self._begin()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if self._text and self._seekable:
            try:
                self._start = self.raw.tell()
            except OSError:  # an encoding for which it can't be found out
                self._start = None
            self._was_read = True

    def _begin_write(self) -> None:
        self._begin()
        if self._was_read:
            self._was_read = False
            self.raw.seek(self.raw.tell())

    def _begin(self) -> None:
        if not self.block:
            return
        rest: list[Any] = []
        pop = self.block.popleft
        try:
            while True:
                rest.append(pop())
        except IndexError:
            rest.reverse()
        left = sum(map(len, rest))
        self._go_back(left, lambda: self._nothing().join(rest))
        if left and self._text and self._seekable and self._start is not None:
            self.raw.read(self._taken - left)
            self._failure = None  # what reads there once more is told anew
        elif left and not self._text:
            self._failure = None

    def _take_unread(self) -> Any:
        data, self._unread = self._unread, None
        return data

    def _nothing(self) -> Any:
        return "" if self._text else b""
