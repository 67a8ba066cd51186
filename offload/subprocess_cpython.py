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
from locale import getpreferredencoding
from subprocess import DEVNULL, PIPE, STDOUT, CalledProcessError, CompletedProcess, Popen, TimeoutExpired
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from ..core.context import running_loop
from ..core.errors import TimeoutError
from ..core.timeouts import timeout as limit_of
from ..threadsafe.parking import check_timeout
from .child_cpython import NAME, Child
from .pools import pool

if TYPE_CHECKING:
    from subprocess import _CMD, _FILE

    from _typeshed import ReadableBuffer

__all__ = ("DEVNULL", "PIPE", "STDOUT", "CalledProcessError", "Child", "CompletedProcess", "TimeoutExpired", "run", "start")

GRACE = 3.0  # seconds from SIGTERM to SIGKILL

_in_block: dict[Popen[bytes], int] = {}  # -> the process whose child it is, until its block has ended


@overload
async def run(
    args: _CMD, *, input: ReadableBuffer | str | None = None, capture_output: bool = False,
    timeout: float | None = None, check: bool = False, grace: float = GRACE, text: Literal[True],
    encoding: str | None = None, errors: str | None = None, universal_newlines: bool | None = None,
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[str]: ...
@overload
async def run(
    args: _CMD, *, input: ReadableBuffer | str | None = None, capture_output: bool = False,
    timeout: float | None = None, check: bool = False, grace: float = GRACE, text: bool | None = None,
    encoding: str, errors: str | None = None, universal_newlines: bool | None = None,
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[str]: ...
@overload
async def run(
    args: _CMD, *, input: ReadableBuffer | str | None = None, capture_output: bool = False,
    timeout: float | None = None, check: bool = False, grace: float = GRACE, text: bool | None = None,
    encoding: str | None = None, errors: str, universal_newlines: bool | None = None,
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[str]: ...
@overload
async def run(
    args: _CMD, *, input: ReadableBuffer | str | None = None, capture_output: bool = False,
    timeout: float | None = None, check: bool = False, grace: float = GRACE, text: bool | None = None,
    encoding: str | None = None, errors: str | None = None, universal_newlines: Literal[True],
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[str]: ...
@overload
async def run(
    args: _CMD, *, input: ReadableBuffer | None = None, capture_output: bool = False, timeout: float | None = None,
    check: bool = False, grace: float = GRACE, text: Literal[False] | None = None,
    encoding: None = None, errors: None = None, universal_newlines: Literal[False] | None = None,
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[bytes]: ...
@overload
async def run(
    args: _CMD, *, input: ReadableBuffer | str | None = None, capture_output: bool = False,
    timeout: float | None = None, check: bool = False, grace: float = GRACE, text: bool | None = None,
    encoding: str | None = None, errors: str | None = None, universal_newlines: bool | None = None,
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[Any]: ...
async def run(
    args: _CMD, *, input: ReadableBuffer | str | None = None, capture_output: bool = False,
    timeout: float | None = None, check: bool = False, grace: float = GRACE, text: bool | None = None,
    encoding: str | None = None, errors: str | None = None, universal_newlines: bool | None = None,
    stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    **options: Any,
) -> CompletedProcess[Any]:
    """As `subprocess.run`, for tasks of a loop of twincore: starts the child, gives it `input`, collects what it says.

    Returns when it has ended and its pipes are at their end: a grandchild that keeps one open keeps this waiting, up to
    `timeout`. CalledProcessError if `check` and the status is not 0; OSError if it can't be started (FileNotFoundError:
    no such command); UnicodeDecodeError, once it has ended, for what is no text. That it does not read all of `input` is
    no error.
    After `timeout` seconds, from the call on, TimeoutExpired, with the bytes that had come as `output` and `stderr`.
    Then, or cancelled, it is sent SIGTERM, after `grace` seconds SIGKILL; its pipes are closed, and the CancelledError or
    TimeoutExpired is raised once it has ended. `options`: those of subprocess.Popen. Holds all input and output in memory.
    """
    limit = limit_of(check_timeout(timeout))
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
        raise TimeoutExpired(args, cast("float", timeout), *child.collected()) from None
    if is_text:
        said = [None if data is None else _text(data, encoding, errors) for data in (out, err)]
        done: CompletedProcess[Any] = CompletedProcess(args, cast("int", child.returncode), *said)
    else:
        done = CompletedProcess(args, cast("int", child.returncode), out, err)
    if check:
        done.check_returncode()
    return done


def start(
    args: _CMD, *, stdin: _FILE | None = None, stdout: _FILE | None = None, stderr: _FILE | None = None,
    grace: float = GRACE, **options: Any,
) -> _Starting:
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


class _Starting:
    """What `start` returns, for one `async with`."""

    def __init__(self, child: Child, options: dict[str, Any]) -> None:
        self.child = child
        self._options: dict[str, Any] | None = options
        self._popen: Popen[bytes] | None = None

    async def __aenter__(self) -> Child:
        options, self._options = self._options, None
        if options is None:
            raise RuntimeError("a child is started once: call start() again")
        _check_loop()
        child = self.child
        job = pool(NAME).assign(_start, child.args, options)
        popen = self._popen = await job.options(on_cancel="abandon", dropped=_discard)
        try:
            child.begin(popen)
        except BaseException:
            _discard(popen, None)
            raise
        return child

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        try:
            if exc_type is None:
                await self.child.finish()
            elif exc_type is GeneratorExit:  # nothing can be awaited
                self.child.give_up()
            else:
                await self.child.end()
        finally:
            if self._popen is not None:
                _in_block.pop(self._popen, None)


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


def _start(args: _CMD, options: dict[str, Any]) -> Popen[bytes]:
    """A thread."""
    popen: Popen[bytes] = Popen(args, bufsize=0, **options)
    _in_block[popen] = os.getpid()
    return popen


def _discard(popen: Popen[bytes] | None, error: BaseException | None) -> None:
    """A child that was started for a caller who has gone: any thread."""
    if popen is not None:
        _in_block.pop(popen, None)
        for file in (popen.stdin, popen.stdout, popen.stderr):
            if file is not None:
                file.close()
        popen.kill()
        popen.wait()


def _text(data: bytes, encoding: str | None, errors: str | None) -> str:
    text = data.decode(encoding or getpreferredencoding(False), errors or "strict")
    return text.replace("\r\n", "\n").replace("\r", "\n")
