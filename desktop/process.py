"""Running a program as a child process: streamed, for a person at a terminal, or captured, for a test.

Signals, when streamed: the child has a process group of its own, so the terminal's Ctrl-C reaches only this process,
which passes it on, once. The child's `finally` blocks run; a second Ctrl-C kills it. Call from the main thread.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

INTERRUPTED = 128 + signal.SIGINT
TIMED_OUT = 124  # as timeout(1) has it
Echo = Callable[[str], object]
Started = Callable[[Callable[[], None]], object]


@dataclass(frozen=True)
class Command:
    """What to execute: arguments, and environment variables added to this process's own."""

    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """What a program did.

    exit_code: as a shell gives it (124 a time limit, 130 Ctrl-C, 128 + n another signal); stdout, stderr: text.
    On the emulated board also emulated_ms (its own time, from start to end), deadlock (both cores asleep for good), and
    ending: what else than the program ended the run, "deadlock", "waits for input", "time limit", "reset", "crash",
    "did not boot".
    """

    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool = False
    emulated_ms: float | None = None
    deadlock: bool = False
    ending: str = ""


def stream(command: Command, interrupts: int = 1, output: Echo | None = None, errors: Echo = lambda text: None) -> int:
    """Run the command with this process's stdin, stdout and stderr; return its exit code.

    Args: output, called in another thread with what it prints, which then goes nowhere else, as does what comes on its
    stderr, with which `errors` is called; its input is empty then.
    Ctrl-C (SIGINT) is passed on `interrupts` times; the next one kills. SIGTERM and SIGHUP end the child and give 128 +
    their number.
    """
    from_terminal = output is None and sys.stdin is not None and sys.stdin.isatty()
    received: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if number == signal.SIGINT and received.count(signal.SIGINT) > interrupts:
            _kill(child)
        else:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(number)

    with _held_back(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as handle_with:
        if output is None:
            child = _start(command, stdin=subprocess.PIPE if from_terminal else None)
        else:
            child = _start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        handle_with(pass_on)
        readers = [] if output is None else [_read(child.stdout, output), _read(child.stderr, errors)]
        if from_terminal:  # a background group may not read the terminal: this process reads it for the child
            threading.Thread(target=_copy_stdin, args=(child.stdin,), daemon=True).start()
        code = child.wait()
        for reader in readers:
            reader.join()
    if received and code != 0:
        first = received[0]
        if code in (-first, -signal.SIGKILL):
            return 128 + first
    return _exit_code(code)


def capture(
    command: Command,
    *,
    timeout: float | None = None,
    echo: Echo | None = None,
    stdin: str = "",
    started: Started | None = None,
) -> RunResult:
    """Run the command to its end and return what it printed.

    Args: timeout, seconds after which it is killed; echo, called with each piece of stdout as it comes; stdin, its
    input; started, called with a function that kills it, from any thread.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    child = _start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if started is not None:
        started(lambda: _kill(child) if child.poll() is None else None)
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    pieces: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    timed_out = False
    try:
        with contextlib.suppress(BrokenPipeError), child.stdin:
            child.stdin.write(stdin.encode())
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ, "stdout")
            selector.register(child.stderr, selectors.EVENT_READ, "stderr")
            while selector.get_map():
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    timed_out = True
                    break
                for key, _ in selector.select(left):
                    piece = os.read(key.fd, 65536)
                    if not piece:
                        selector.unregister(key.fileobj)
                    pieces[key.data].append(piece)
                    if piece and echo is not None and key.data == "stdout":
                        echo(piece.decode(errors="replace"))
        if not timed_out:
            child.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        timed_out = True
    finally:
        if child.poll() is None:
            _kill(child)
        code = child.wait()
        child.stdout.close()
        child.stderr.close()
    stdout, stderr = (b"".join(pieces[name]).decode(errors="replace") for name in ("stdout", "stderr"))
    return RunResult(TIMED_OUT if timed_out else _exit_code(code), stdout, stderr, timed_out=timed_out)


def _start(command: Command, **streams: int | None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **command.environment}
    return subprocess.Popen(command.arguments, env=environment, start_new_session=True, bufsize=0, **streams)  # type: ignore[call-overload, no-any-return]


def _exit_code(code: int) -> int:
    """A child that died of signal n exits, as in a shell, with 128 + n."""
    return code if code >= 0 else 128 - code


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _copy_stdin(to: IO[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError), to:
        while data := os.read(sys.stdin.fileno(), 65536):
            to.write(data)


def _read(pipe: IO[bytes] | None, echo: Echo) -> threading.Thread:
    """Start a thread that calls `echo` with each piece of text that comes, and closes the pipe at its end."""
    assert pipe is not None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a piece may end within a character

    def read() -> None:
        with pipe:
            while data := os.read(pipe.fileno(), 65536):
                echo(decoder.decode(data))

    thread = threading.Thread(target=read, name="output of a child process", daemon=True)
    thread.start()
    return thread


Handler = Callable[[int, "FrameType | None"], None]


@contextlib.contextmanager
def _held_back(*numbers: signal.Signals) -> Iterator[Callable[[Handler], None]]:
    """Keep signals that arrive until the handler is given; then they, and later ones, go to it.

    Without this, a Ctrl-C between starting the child and watching it would leave the child running alone.
    """
    early: list[int] = []
    previous = {number: signal.signal(number, lambda got, _frame: early.append(got)) for number in numbers}

    def handle_with(handler: Handler) -> None:
        for number in numbers:
            signal.signal(number, handler)
        for got in early:
            handler(got, None)

    try:
        yield handle_with
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
