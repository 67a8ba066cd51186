"""Child processes: run one and await its end, or talk to it through streams. CPython on POSIX systems.

    done = await offload.subprocess.run(["sort"], input=b"b\\na\\n", capture_output=True, timeout=5)

    async with offload.subprocess.start(["ping", "-c", "3", host], stdout=offload.subprocess.PIPE) as child:
        async for line in child.stdout:
            ...

A thread of the pool "processes" starts the child, which blocks; that is the one hop. Its pipes and its end the loop
itself waits for, the end through a pidfd where the system has those, else through a thread that sleeps in `waitid`.
"""

from __future__ import annotations

import atexit
import os
from errno import EPIPE
from locale import getpreferredencoding
from subprocess import DEVNULL, PIPE, STDOUT, CalledProcessError, CompletedProcess, Popen, TimeoutExpired

from ..core.context import get_event_loop, running_loop
from ..core.deadline import wait_for
from ..core.errors import TimeoutError
from ..core.gathering import gather
from ..core.stream import CHUNK, Stream
from ..core.timeouts import timeout as limit_of
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.parking import check_timeout
from .pools import pool
from .worker import Pool

__all__ = ("DEVNULL", "PIPE", "STDOUT", "CalledProcessError", "Child", "CompletedProcess", "TimeoutExpired", "run", "start")

GRACE = 3.0  # seconds from SIGTERM to SIGKILL
NAME = "processes"  # the pool that starts them
MOST_WATCHED = 1000  # children at a time, where a thread is needed for each

_in_block = {}  # Popen -> the process whose child it is, until its block has ended
_watchers = None  # the pool of threads that wait for a child, once there is need for one


async def run(
    args, *, input=None, capture_output=False, timeout=None, check=False, grace=GRACE, text=None, encoding=None,
    errors=None, universal_newlines=None, stdin=None, stdout=None, stderr=None, **options,
) -> CompletedProcess:
    """As `subprocess.run`, for tasks of a loop of twincore: starts the child, gives it `input`, collects what it says.

    Returns when it has ended and its pipes are at their end: a grandchild that keeps one open keeps this waiting, up to
    `timeout`. CalledProcessError if `check` and the status is not 0; OSError if it can't be started (FileNotFoundError:
    no such command); UnicodeDecodeError, once it has ended, for what is no text. That it does not read all of `input` is
    no error.
    After `timeout` seconds, from the call on, TimeoutExpired, with the bytes that had come as `output` and `stderr`.
    Then, or cancelled, it is sent SIGTERM, after `grace` seconds SIGKILL; its pipes are closed, and the CancelledError or
    TimeoutExpired is raised once it has ended. `options`: those of subprocess.Popen. Holds all input and output in memory.
    """
    timeout = check_timeout(timeout)
    _check_loop()
    if input is not None:
        if stdin is not None:
            raise ValueError("input and stdin exclude each other")
        stdin = PIPE
    if capture_output:
        if stdout is not None or stderr is not None:
            raise ValueError("capture_output stands for stdout=PIPE and stderr=PIPE: give either")
        stdout = stderr = PIPE
    is_text = bool(text or encoding or errors or universal_newlines)
    if isinstance(input, str):
        if not is_text:
            raise TypeError("input is bytes, not str, unless text=True or an encoding is given")
        input = input.encode(encoding or getpreferredencoding(False), errors or "strict")
    starting = start(args, stdin=stdin, stdout=stdout, stderr=stderr, grace=grace, **options)
    child = starting.child
    limit = limit_of(timeout)
    try:
        async with limit, starting:
            out, err = await child.communicate(input)
    except TimeoutError:
        if not limit.expired():
            raise
        raise TimeoutExpired(args, timeout, *child.collected()) from None
    if is_text:
        out, err = (None if data is None else _text(data, encoding, errors) for data in (out, err))
    done = CompletedProcess(args, child.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def start(args, *, stdin=None, stdout=None, stderr=None, grace=GRACE, **options) -> _Starting:
    """`async with start(args, ...) as child:` starts it; `child` is a Child. For tasks of a loop of twincore.

    `stdin`, `stdout`, `stderr`: as for subprocess.Popen; for PIPE there is a stream of bytes. `options`: more of Popen's.
    OSError if it can't be started. At the end of the block its streams are closed and its end is awaited. If the block
    ends with an exception, or is cancelled, then or before, it is sent SIGTERM, after `grace` seconds SIGKILL, and its end
    is awaited all the same: no zombie remains. Cancelled while it is being started, it is killed by the thread that did it.
    """
    check_timeout(grace)
    if os.name == "nt":
        raise NotImplementedError("pipes can't be awaited on Windows: use offload.unblock(subprocess.run, ...)")
    for name in ("text", "universal_newlines", "encoding", "errors", "bufsize"):
        if options.pop(name, None):
            raise TypeError(f"start(..., {name}=...) can't be: its streams are of bytes; `run` knows text")
    return _Starting(Child(args, grace), {"stdin": stdin, "stdout": stdout, "stderr": stderr, **options})


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

    def __init__(self, args, grace) -> None:
        self.args = args
        self.grace = grace
        self.stdin = self.stdout = self.stderr = None
        self._popen = None
        self._ended = None  # set by a thread that waits for it, if there is one
        self._fed = False
        self._parts = ([], [])  # of stdout and stderr, as `communicate` has read them

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        return self._popen.returncode

    def poll(self) -> int | None:
        return self._popen.poll()

    def send_signal(self, number: int) -> None:
        self._popen.send_signal(number)

    def terminate(self) -> None:
        self._popen.terminate()

    def kill(self) -> None:
        self._popen.kill()

    async def wait(self, timeout=None) -> int:
        """Its `returncode`, once it has ended. TimeoutExpired after `timeout` seconds. Reads no pipe: see `communicate`."""
        timeout = check_timeout(timeout)
        limit = limit_of(timeout)
        try:
            async with limit:
                while self._popen.poll() is None:
                    await self._end()
        except TimeoutError:
            if not limit.expired():
                raise
            raise TimeoutExpired(self.args, timeout) from None
        return self.returncode

    async def communicate(self, input=None, timeout=None) -> tuple[bytes | None, bytes | None]:
        """Write `input` to stdin and close that, read stdout and stderr to their end, wait for its end; returns both.

        None for what is no pipe. That it does not read all of `input` is no error. After `timeout` seconds
        TimeoutExpired: the child runs on, nothing is lost, and another call, whose input is ignored, goes on from there.
        """
        timeout = check_timeout(timeout)
        if input and self.stdin is None:
            raise ValueError("there is input, and stdin is no pipe: start(..., stdin=PIPE)")
        limit = limit_of(timeout)
        try:
            async with limit:
                out, err = self._parts
                steps = [] if self.stdin is None else [self._feed(input)]
                steps += [_collect(*pair) for pair in ((self.stdout, out), (self.stderr, err)) if pair[0] is not None]
                if len(steps) > 1:
                    await gather(*steps)
                elif steps:
                    await steps[0]
                await self.wait()
        except TimeoutError:
            if not limit.expired():
                raise
            raise TimeoutExpired(self.args, timeout, *self.collected()) from None
        return self.collected()

    def collected(self) -> tuple[bytes | None, bytes | None]:
        """What `communicate` has read so far of stdout and of stderr; None for what is no pipe."""
        out, err = self._parts
        return None if self.stdout is None else b"".join(out), None if self.stderr is None else b"".join(err)

    async def _feed(self, data) -> None:
        stdin = self.stdin
        try:
            if data and not self._fed:
                self._fed = True
                stdin.write(data, copy=False)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it wants no more
        stdin.close()

    def begin(self, popen) -> None:
        """It runs."""
        self._popen = popen
        for name in ("stdin", "stdout", "stderr"):
            file = getattr(popen, name)
            if file is not None:
                setattr(self, name, _Pipe(file))

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


class _Starting:
    """What `start` returns, for one `async with`."""

    def __init__(self, child, options) -> None:
        self.child = child
        self._options = options

    async def __aenter__(self) -> Child:
        options, self._options = self._options, None
        if options is None:
            raise RuntimeError("a child is started once: call start() again")
        _check_loop()
        child = self.child
        job = pool(NAME).assign(_start, child.args, options)
        popen = await job.options(on_cancel="abandon", dropped=_discard)
        try:
            child.begin(popen)
        except BaseException:
            _discard(popen, None)
            raise
        return child

    async def __aexit__(self, exc_type, exc, tb) -> None:
        try:
            if exc_type is None:
                await self.child.finish()
            elif exc_type is GeneratorExit:  # nothing can be awaited
                self.child.give_up()
            else:
                await self.child.end()
        finally:
            _in_block.pop(self.child._popen, None)


class _Pipe(Stream):
    """One of a child's pipes."""

    def abort(self) -> bool:
        """Close it at once. Returns whether something was written that is not sent; that is forgotten."""
        unsent = self._out.left() > 0
        self._out.clear()
        self.close()
        if unsent and self._closed is not None:  # its task waits for room, which may never come
            self._shut()
        return unsent


@atexit.register
def _end_with_program() -> None:
    """After Ctrl-C no block ends any more. In the child of a fork those are the parent's."""
    for popen, parent in list(_in_block.items()):
        if parent == os.getpid():
            popen.kill()


def _check_loop() -> None:
    if running_loop() is None:
        raise RuntimeError(
            "offload.subprocess is for tasks of a loop of twincore; in asyncio use asyncio.create_subprocess_exec"
        )


async def _collect(stream, parts) -> None:
    while data := await stream.read(CHUNK):
        parts.append(data)


def _start(args, options) -> Popen:
    """A thread."""
    popen = Popen(args, bufsize=0, **options)
    _in_block[popen] = os.getpid()
    return popen


def _discard(popen, error) -> None:
    """A child that was started for a caller who has gone: any thread."""
    if popen is not None:
        _in_block.pop(popen, None)
        for file in (popen.stdin, popen.stdout, popen.stderr):
            if file is not None:
                file.close()
        popen.kill()
        popen.wait()


def _watching() -> Pool:
    global _watchers
    if _watchers is None or _watchers.closed():
        _watchers = Pool(MOST_WATCHED, "children", qsize=MOST_WATCHED, idle=1)
    return _watchers


def _watch(popen, ended) -> None:
    """A thread: until it has ended. It stays to be reaped, so that its number is not given to another, and signalled."""
    try:
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOWAIT)
        else:
            popen.wait()
    except ChildProcessError:
        pass  # reaped by somebody else
    ended.set()


def _text(data, encoding, errors) -> str:
    text = data.decode(encoding or getpreferredencoding(False), errors or "strict")
    return text.replace("\r\n", "\n").replace("\r", "\n")
