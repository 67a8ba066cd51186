"""A child process as the loop sees it: its pipes are streams, its end is awaited. `subprocess_cpython` starts it."""

from __future__ import annotations

import os
from errno import EPIPE
from subprocess import Popen, TimeoutExpired
from typing import TYPE_CHECKING, Any, cast

from ..core.context import get_event_loop
from ..core.deadline import wait_for
from ..core.errors import TimeoutError
from ..core.gathering import gather
from ..core.stream import CHUNK, Stream
from ..core.timeouts import timeout as limit_of
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.parking import check_timeout
from .pools import pool
from .worker import Pool

if TYPE_CHECKING:
    from subprocess import _CMD

    from _typeshed import ReadableBuffer

NAME = "processes"  # the pool that starts them
MOST_WATCHED = 1000  # children at a time, where a thread is needed for each

_watchers: Pool | None = None  # threads that wait for a child, once there is need for one


class Child:
    """A child process, and what to do with it. Made by `start`; belongs to the tasks of one loop.

    | method | blocks | when it has ended |
    |---|---|---|
    | `await wait(timeout=None)` | the task, any number of them; TimeoutExpired | gives the status at once |
    | `await communicate(input=None, timeout=None)` | one task; TimeoutExpired, and it may be called again | gives what is left |
    | `send_signal(n)`, `terminate()`, `kill()` | never | does nothing |
    | `poll()`, `returncode`, `pid` | never | |

    `stdin`, `stdout`, `stderr`: Streams, None where there is no pipe. `returncode`: None while it runs, then its exit
    status, or -n if signal n ended it. A cancelled wait leaves the child as it is.
    """

    def __init__(self, args: _CMD, grace: float) -> None:
        self.args = args
        self.grace = grace
        self.stdin: Pipe | None = None
        self.stdout: Pipe | None = None
        self.stderr: Pipe | None = None
        self._popen: Any = None  # a Popen, once it runs
        self._ended: ThreadSafeEvent | None = None  # set by a thread that waits for it, if there is one
        self._fed = False
        self._parts: tuple[list[bytes], list[bytes]] = ([], [])  # of stdout and stderr, as `communicate` has read them

    @property
    def pid(self) -> int:
        number: int = self._popen.pid
        return number

    @property
    def returncode(self) -> int | None:
        status: int | None = self._popen.returncode
        return status

    def poll(self) -> int | None:
        status: int | None = self._popen.poll()
        return status

    def send_signal(self, number: int) -> None:
        self._popen.send_signal(number)

    def terminate(self) -> None:
        self._popen.terminate()

    def kill(self) -> None:
        self._popen.kill()

    async def wait(self, timeout: float | None = None) -> int:
        """Its `returncode`, once it has ended. TimeoutExpired after `timeout` seconds. Reads no pipe: see `communicate`."""
        limit = limit_of(check_timeout(timeout))
        try:
            async with limit:
                while (status := self.poll()) is None:
                    await self._end()
        except TimeoutError:
            if not limit.expired():
                raise
            raise TimeoutExpired(self.args, cast("float", timeout)) from None
        return status

    async def communicate(
        self, input: ReadableBuffer | None = None, timeout: float | None = None
    ) -> tuple[bytes | None, bytes | None]:
        """Write `input` to stdin and close that, read stdout and stderr to their end, wait for its end; returns both.

        None for what is no pipe. That it does not read all of `input` is no error. After `timeout` seconds
        TimeoutExpired: the child runs on, nothing is lost, and another call, whose input is ignored, goes on from there.
        """
        limit = limit_of(check_timeout(timeout))
        if input and self.stdin is None:
            raise ValueError("there is input, and stdin is no pipe: start(..., stdin=PIPE)")
        try:
            async with limit:
                out, err = self._parts
                steps = [] if self.stdin is None else [self._feed(self.stdin, input)]
                parts = (self.stdout, out), (self.stderr, err)
                steps += [_collect(stream, part) for stream, part in parts if stream is not None]
                if len(steps) > 1:
                    await gather(*steps)
                elif steps:
                    await steps[0]
                await self.wait()
        except TimeoutError:
            if not limit.expired():
                raise
            raise TimeoutExpired(self.args, cast("float", timeout), *self.collected()) from None
        return self.collected()

    def collected(self) -> tuple[bytes | None, bytes | None]:
        """What `communicate` has read so far of stdout and of stderr; None for what is no pipe."""
        out, err = self._parts
        return None if self.stdout is None else b"".join(out), None if self.stderr is None else b"".join(err)

    async def _feed(self, stdin: Stream, data: Any) -> None:
        try:
            if data and not self._fed:
                self._fed = True
                stdin.write(data, copy=False)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it wants no more
        stdin.close()

    def begin(self, popen: Popen[bytes]) -> None:
        """It runs."""
        self._popen = popen
        for name in ("stdin", "stdout", "stderr"):
            file = getattr(popen, name)
            if file is not None:
                setattr(self, name, Pipe(file))

    async def finish(self) -> None:
        """Close its streams and wait for its end. OSError if it did not read all that was written."""
        try:
            for stream in (self.stdin, self.stdout, self.stderr):
                if stream is not None:
                    stream.close()
            await self.wait()
            if self.stdin is not None:
                if self.stdin.abort():
                    raise BrokenPipeError(EPIPE, "the child ended without reading all that was written to it")
                await self.stdin.wait_closed()
        except BaseException:
            await self.end()
            raise

    async def end(self) -> None:
        """Have it end, and reaped, whatever it does, and whatever cancels this."""
        try:
            self._abort_streams()
            self.terminate()
            try:
                await wait_for(self.wait(), self.grace)
            except TimeoutError:
                self.kill()
                await self.wait()
        finally:
            if self.poll() is None:  # cancelled again, or the loop is cut off: there is no more time for it
                self.give_up()

    def give_up(self) -> None:
        """Kill it, and leave it to a thread to reap."""
        self.kill()
        pool(NAME).afterwards(self._popen.wait, ())
        self._abort_streams()

    def _abort_streams(self) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.abort()

    async def _end(self) -> None:
        """Until it has ended, or may have."""
        try:
            # One for each who waits; so it needs no owner. The number is this child's, as only `poll` reaps it.
            fd = os.pidfd_open(self.pid)
        except (AttributeError, OSError):  # there is none, or no descriptor is left
            await self._end_in_thread()
            return
        try:
            await get_event_loop().streams().queue_read(fd)
        finally:
            os.close(fd)

    async def _end_in_thread(self) -> None:
        if self._ended is None:
            self._ended = ThreadSafeEvent()
            _watching().assign(_watch, self._popen, self._ended).start()
        await self._ended.wait()


class Pipe(Stream):
    """One of a child's pipes."""

    _out: Any  # as Stream has them
    _closed: Any
    _shut: Any

    def abort(self) -> bool:
        """Close it at once. Returns whether something was written that is not sent; that is forgotten."""
        unsent: bool = self._out.left() > 0
        self._out.clear()
        self.close()
        if unsent and self._closed is not None:  # its task waits for room, which may never come
            self._shut()
        return unsent


async def _collect(stream: Stream, parts: list[bytes]) -> None:
    while data := await stream.read(CHUNK):
        parts.append(data)


def _watching() -> Pool:
    global _watchers
    if _watchers is None or _watchers.closed():
        _watchers = Pool(MOST_WATCHED, "children", qsize=MOST_WATCHED, idle=1)
    return _watchers


def _watch(popen: Popen[bytes], ended: ThreadSafeEvent) -> None:
    """A thread: until it has ended. It stays to be reaped, so that its number is not given to another, and signalled."""
    try:
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOWAIT)
        else:
            popen.wait()
    except ChildProcessError:
        pass  # reaped by somebody else
    ended.set()
