"""A serial port's threads, and the pipes between them and the loop: one thread reads the port, another writes it."""

from __future__ import annotations

import errno
from _thread import RLock
from collections.abc import Callable
from typing import Any, TypeVar

from ..core.queue_errors import QueueClosed
from ..threadsafe.bytepipe import BytePipe
from ..threadsafe.event import ThreadSafeEvent
from .job import WorkerClosed
from .worker import Pool

BLOCK = 1 << 12  # bytes that are read or written at a time

T = TypeVar("T")


class Line:
    """An open port with its pipes and threads. What they share with the loop's thread."""

    def __init__(self, size: int, pool: Pool) -> None:
        self.port: Any = None  # pyserial's, once it is open
        self.pool = pool
        self.incoming = BytePipe(size)
        self.outgoing = BytePipe(size)
        self.error: Exception | None = None  # why it failed. Written before the pipes are closed
        self.written = 0  # bytes put in `outgoing`, ever. The loop's
        self.sent = 0  # of these with the system. The writer's
        self._progress = ThreadSafeEvent()  # `sent` has changed, or it failed
        self._stopping = False
        self._threads = 2  # that use the port; the last one closes it
        self._lock = RLock()  # guards these two, for a few lines. `stop` may come in the midst of them, from a `__del__`

    def start(self) -> None:
        for work in (self._read, self._write):
            self.pool.assign(self._run, work).start()

    def check(self) -> None:
        """OSError if it failed."""
        if self.error is not None:
            raise OSError(errno.EIO, f"{self.port.name}: {self.error}") from self.error

    def stop(self) -> None:
        """End the threads, which closes the port. Any thread; blocks for nothing; again: nothing happens."""
        with self._lock:
            if not self._stopping:
                self._stopping = True
                self._cancel()
        self.incoming.close()
        self.outgoing.close()
        self._progress.set()
        self.pool.shut()

    def _cancel(self) -> None:
        """Wake who is in a call of the port, or about to be. A port that is closed, or can't: no matter."""
        if self._threads:
            for name in ("cancel_read", "cancel_write"):
                getattr(self.port, name, int)()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """The result of `function(*args)`, called by a thread. OSError if the port failed or was closed."""
        try:
            return await self.pool.assign(function, *args)
        except WorkerClosed:
            self.check()
            raise closed() from None

    async def drain(self) -> None:
        target = self.written
        while self.sent < target:
            self._progress.clear()
            self.check()
            if self._stopping:
                raise closed()
            if self.sent < target:
                await self._progress.wait()
        self.check()

    # The threads.

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except QueueClosed:
            pass
        except Exception as error:
            if not self._stopping:
                self.error = error
        self.stop()
        with self._lock:
            self._threads -= 1
            last = not self._threads
        if last:
            self.port.close()

    def _read(self) -> None:
        port = self.port
        put = self.incoming.write_sync
        while not self._stopping:
            data = port.read(1)  # blocks
            if data:
                try:
                    more = min(port.in_waiting, BLOCK)
                except OSError:  # the next read says so, too
                    more = 0
                put(data + port.read(more) if more else data)

    def _write(self) -> None:
        while not self._stopping:
            data = self.outgoing.read_sync(BLOCK)
            if not data:
                return
            self.port.write(data)
            self.sent += len(data)
            self._progress.set()


def closed() -> OSError:
    return OSError(errno.EBADF, "the port was closed")
