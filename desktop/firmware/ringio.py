"""RingIO: MicroPython's queue of bytes between one interrupt handler or thread and one task."""

from __future__ import annotations

from typing import Any

POLL, READABLE, WRITABLE = 3, 1, 4


class RingIO:
    """`RingIO(size)` holds `size` bytes, `RingIO(buffer)` one less than the buffer. One side reads, one writes.

    Either side may be any thread, or a hard handler for what allocates nothing: `readinto`, `write`, `any`.
    """

    def __init__(self, size_or_buffer: Any) -> None:
        if isinstance(size_or_buffer, int):
            size_or_buffer = bytearray(size_or_buffer + 1)
        self._ring = memoryview(size_or_buffer).cast("B")
        if len(self._ring) < 2:
            raise ValueError("a RingIO needs room for one byte: a size of 1 or a buffer of 2 at least")
        self._get = 0  # written by the reader alone
        self._put = 0  # by the writer alone

    def any(self) -> int:
        """How many bytes there are."""
        return (self._put - self._get) % len(self._ring)

    def read(self, count: int = -1) -> bytes:
        """At most `count` bytes, all there are without it."""
        there = self.any()
        return self._take(there if count is None or count < 0 else min(count, there))

    def readline(self, count: int = -1) -> bytes:
        """Up to the end of the line, or what there is of it, `count` bytes at most."""
        there = self.any()
        if 0 <= count < there:
            there = count
        end = next((n + 1 for n in range(there) if self._ring[(self._get + n) % len(self._ring)] == 10), there)
        return self._take(end)

    def readinto(self, buf: Any, count: int = -1) -> int:
        """How many bytes were put into `buf`."""
        room = memoryview(buf).cast("B")
        data = self._take(min(self.any(), len(room) if count < 0 else min(count, len(room))))
        room[: len(data)] = data
        return len(data)

    def write(self, buf: Any) -> int:
        """How many bytes of `buf` there was room for."""
        data = memoryview(buf.encode() if isinstance(buf, str) else buf).cast("B")
        size, put = len(self._ring), self._put
        count = min(len(data), size - 1 - self.any())
        first = min(count, size - put)
        self._ring[put : put + first] = data[:first]
        self._ring[: count - first] = data[first:count]
        self._put = (put + count) % size  # last: what the reader sees is there
        return count

    def close(self) -> None:
        """Nothing to do."""

    def ioctl(self, request: int, flags: int) -> int:
        """MicroPython's protocol of streams."""
        if request != POLL:
            return 0
        there = self.any()
        ready = (READABLE if there else 0) | (WRITABLE if there < len(self._ring) - 1 else 0)
        return ready & flags

    def _take(self, count: int) -> bytes:
        size, get = len(self._ring), self._get
        data = bytes(self._ring[get : get + count])
        data += bytes(self._ring[: count - len(data)])
        self._get = (get + count) % size
        return data
