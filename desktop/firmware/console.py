"""The REPL's streams of a simulated board: `sys.stdin`, `sys.stdout` and `sys.stderr` of an application."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable
from typing import Any

POLL, WRITABLE = 3, 4


class Output:
    """What is written is printed by the board. Text or bytes; `buffer` is itself. Any thread."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._print = write
        self._duplicate: Any = None
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def write(self, text: Any) -> int:
        """Print it; returns how much that was."""
        self._write(text if isinstance(text, str) else self._decode(bytes(text)))
        return len(text)

    def _write(self, text: str) -> None:
        self._print(text)
        other = self._duplicate
        if other is None:
            return
        try:
            other.write(text.replace("\n", "\r\n").encode())
        except Exception as error:
            self._duplicate = None
            self._print(f"dupterm: Exception in write() method, deactivating: {error!r}\n")

    def duplicate(self, stream: Any) -> Any:
        """Have `stream.write(bytes)` called with what is printed from now on; None: no more. Returns the one before."""
        before, self._duplicate = self._duplicate, stream
        return before

    def flush(self) -> None:
        """Nothing is held back."""

    def ioctl(self, request: int, flags: int) -> int:
        """MicroPython's protocol of streams: always writable."""
        return flags & WRITABLE if request == POLL else 0

    @property
    def buffer(self) -> Output:
        return self


class Input:
    """This process's input. Reading blocks outside the board's time, by `outside(fn)`. One thread at a time."""

    def __init__(self, outside: Callable[[Callable[[], None]], None]) -> None:
        self._outside = outside
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.buffer = _Bytes(self)

    def fileno(self) -> int:
        """The descriptor, to wait for input. OSError if this process has none."""
        try:
            return sys.stdin.fileno()
        except (AttributeError, io.UnsupportedOperation, ValueError):
            raise OSError("this process has no input to wait for") from None

    def read(self, count: int = -1) -> str:
        """So many characters, fewer at the end of the input; all that come without `count`."""
        text = ""
        while count < 0 or len(text) < count:
            data = self.read_bytes(1 if count >= 0 else 65536)
            if not data:
                break
            text += self._decode(data)
        return text

    def readline(self) -> str:
        """Up to the end of the line, or of the input."""
        text = ""
        while not text.endswith("\n"):
            char = self.read(1)
            if not char:
                break
            text += char
        return text

    def read_bytes(self, count: int) -> bytes:
        """At most so many bytes, at least one; none at the end of the input."""
        found: list[bytes] = []

        def read() -> None:
            try:
                descriptor = self.fileno()
            except OSError:
                stream = sys.stdin
                found.append(stream.read(count).encode() if stream is not None else b"")
            else:
                found.append(os.read(descriptor, count))  # unbuffered: polls see what has not been read

        self._outside(read)
        return found[0]


class _Bytes:
    """`sys.stdin.buffer`."""

    def __init__(self, text: Input) -> None:
        self._text = text
        self.fileno = text.fileno

    def read(self, count: int = -1) -> bytes:
        data = b""
        while count < 0 or len(data) < count:
            more = self._text.read_bytes(65536 if count < 0 else count - len(data))
            if not more:
                break
            data += more
        return data

    def readinto(self, buf: Any) -> int:
        data = self._text.read_bytes(len(buf))
        buf[: len(data)] = data
        return len(data)
