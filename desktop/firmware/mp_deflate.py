"""`deflate`: DeflateIO, a stream that compresses what is written, or decompresses what is read."""

from __future__ import annotations

import zlib
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

from .modules import buffer, module

if TYPE_CHECKING:
    from .world import World

AUTO, RAW, ZLIB, GZIP = 0, 1, 2, 3
EINVAL = 22
CHUNK = 256


class DeflateIO:
    """`DeflateIO(stream, format=AUTO, wbits=0, close=False)`, as a board's. OSError, EINVAL, as wrong data are read."""

    def __init__(self, stream: Any, format: int = AUTO, wbits: int = 0, close: bool = False) -> None:
        if format not in (AUTO, RAW, ZLIB, GZIP):
            raise ValueError(f"format: AUTO, RAW, ZLIB or GZIP, not {format!r}")
        if wbits and not 5 <= wbits <= 15:
            raise ValueError(f"wbits: 5 to 15, or 0 for the usual, not {wbits}")
        self._stream = stream
        self._format = format
        self._wbits = wbits
        self._close = close
        self._found = b""
        self._reader: Any = None
        self._writer: Any = None

    def read(self, count: int = -1) -> bytes:
        """So many bytes, fewer at the end; all without `count`. EOFError if the stream ends before the data does."""
        while (count < 0 or len(self._found) < count) and self._more():
            pass
        if count < 0:
            count = len(self._found)
        data, self._found = self._found[:count], self._found[count:]
        return data

    def readinto(self, buf: Any) -> int:
        data = self.read(len(buf))
        buf[: len(data)] = data
        return len(data)

    def readline(self) -> bytes:
        while b"\n" not in self._found and self._more():
            pass
        end = self._found.find(b"\n") + 1
        return self.read(end or -1)

    def _more(self) -> bool:
        if self._reader is None:
            size = {AUTO: 32 + 15, RAW: -(self._wbits or 15), ZLIB: 15, GZIP: 16 + 15}[self._format]
            self._reader = zlib.decompressobj(size)
        if self._reader.eof:
            return False
        data = self._stream.read(CHUNK)
        if not data:
            raise EOFError("the stream ended before the compressed data did")
        try:
            self._found += self._reader.decompress(data)
        except zlib.error as error:
            raise OSError(EINVAL, f"not compressed as said: {error}") from None
        return True

    def write(self, data: Any) -> int:
        """Compress it; the rest goes out when this is closed. Few boards are built with this."""
        if self._writer is None:
            bits = max(self._wbits or 9, 9)  # zlib's own least
            size = {AUTO: -bits, RAW: -bits, ZLIB: bits, GZIP: 16 + bits}[self._format]
            self._writer = zlib.compressobj(wbits=size)
        data = buffer(data)
        self._stream.write(self._writer.compress(data))
        return len(data)

    def close(self) -> None:
        """Write what is left; and close the stream, if that was asked for. Again: nothing happens."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._stream.write(writer.flush())
        if self._close:
            self._close = False
            self._stream.close()

    def __enter__(self) -> DeflateIO:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def make(world: World) -> ModuleType:
    """`deflate` for the application of one board."""
    return module("deflate", AUTO=AUTO, DeflateIO=DeflateIO, GZIP=GZIP, RAW=RAW, ZLIB=ZLIB)
