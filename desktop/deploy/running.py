"""Running an application on a board at a port, and its library with it, without touching what is deployed there.

Its files go into a folder of their own, only those that changed; so does the library, unless what is deployed is the
same. The board is soft reset before, and is left in its REPL after.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from ..emulation.emulator import EXIT_CODES, LAUNCHER
from ..process import INTERRUPTED, TIMED_OUT, RunResult
from .compiling import Compiler
from .deployment import wanted_files
from .errors import BoardLost, DeployError
from .needed import Needed, check_syntax, needed_by
from .planning import Wanted, twin_of
from .records import Places
from .remote import Remote, connected, digest
from .survey import survey
from .switching import Say

CTRL_C, END = b"\x03", b"\x04"
POLL = 0.2  # seconds after which a silent board's run is looked at: a limit, a signal
GRACE = 3.0  # seconds for a program to end after Ctrl-C
STARTED_ANEW = re.compile(  # its prompt; or an ESP32's boot loader, as that chip's documentation has it
    rb"MicroPython v[^\r\n]* on [^\r\n]*\r\n(Type [^\r\n]*\r\n)?>>> |rst:0x[0-9a-f]+ \(\w+\),boot:0x"
)
READ_EXIT = """\
print(_exit if isinstance(_exit, int) else 0 if _exit is None else 1)
if not (_exit is None or isinstance(_exit, int)): print(_exit)
"""


def run(
    port: str,
    script: Path,
    *,
    args: Sequence[str] = (),
    files: Mapping[str, bytes | Path] | None = None,
    timeout: float | None = None,
    echo: Callable[[str], object] | None = None,
    say: Say = lambda line: None,
    mpy_cross: Path | None = None,
) -> RunResult:
    """Run the script on the board to its end and return what it did.

    Args: files, more files beside it, by path; timeout, seconds of the run itself; echo, called with each piece of
    output as it comes; say, called with lines about the files that are copied. The exit codes are those of the emulated
    board: 72 when the board was reset, or lost, 124 at the timeout, 130 after Ctrl-C; the first one interrupts the
    program, the second ends the wait for it. Raises PortError, and DeployError when the files cannot be put there.
    """
    check_syntax(script)
    with connected(port, restart=False) as remote:
        folder, path = _files_in_place(remote, script, files or {}, say, mpy_cross)
        remote.soft_reset()
        if path:
            remote.exec(f'__import__("sys").path.insert(1, {path!r})')
        launcher = LAUNCHER.format(folder=folder, argv=[script.name, *args], name=script.name)
        output = _Output(echo)
        try:
            with remote.loss() as transport:
                transport.exec_raw_no_follow(launcher)
                transport.serial = _Stream(transport.serial)
                ending, traceback = _follow(transport.serial, output, timeout)
        except BoardLost as error:
            said = f"{error}; it was reset, or unplugged\n"
            return RunResult(EXIT_CODES["reset"], output.text(), said, ending="reset")
        if ending == "reset":
            return RunResult(EXIT_CODES["reset"], output.text(), "the board has been reset\n", ending="reset")
        if ending == "time limit":
            said = f"{traceback}stopped after {timeout:g} s\n"
            return RunResult(TIMED_OUT, output.text(), said, timed_out=True, ending="time limit")
        if ending == "abandoned":
            said = "interrupted twice: the program did not end at the first Ctrl-C, and may still run on the board\n"
            return RunResult(INTERRUPTED, output.text(), said)
        if traceback:
            code = INTERRUPTED if re.search(r"(^|\n)KeyboardInterrupt:? *\n?$", traceback) else 1
            return RunResult(code, output.text(), traceback)
        first, _, message = remote.exec(READ_EXIT).partition("\n")
        return RunResult(int(first) & 0xFF, output.text(), message)


def _files_in_place(
    remote: Remote, script: Path, files: Mapping[str, bytes | Path], say: Say, mpy_cross: Path | None
) -> tuple[str, str | None]:
    """Copy what changed; return the folder to run in, and the folder of the library if it is not the deployed one."""
    facts = remote.facts
    places = Places(facts.root)
    folder, own_lib = f"{places.run}/app", f"{places.run}/lib"
    needed = needed_by(script, platform=facts.platform)
    compiler = Compiler(facts.mpy, mpy_cross)
    deployed = wanted_files(Needed(None, library=needed.library), compiler, folder, facts.lib, say=say)
    found = remote.report([*deployed.files, *(twin for path in deployed.modules if (twin := twin_of(path)))])
    same = all(found[path][1] == digest(content) for path, content in deployed.files.items())
    hidden = any(found[twin][0] >= 0 for path in deployed.modules if path.endswith(".mpy") and (twin := twin_of(path)))
    use_deployed = not needed.library or (same and not hidden)
    if use_deployed:
        needed.library = {}
    wanted = wanted_files(needed, compiler, folder, own_lib, say=lambda line: None)
    for path, content in files.items():
        wanted.files[f"{folder}/{path}"] = content if isinstance(content, bytes) else content.read_bytes()
    _copy(remote, places, wanted, say)
    return folder, None if use_deployed else own_lib


def _copy(remote: Remote, places: Places, wanted: Wanted, say: Say) -> None:
    """Copy what changed, and remove a module's other form, which would be taken instead."""
    twins = [twin for path in wanted.modules if (twin := twin_of(path)) and twin not in wanted.files]
    found = remote.report([*wanted.files, *twins])
    changed = {path: content for path, content in wanted.files.items() if found[path][1] != digest(content)}
    room = survey(remote, places).room
    needed = room.blocks(len(content) for content in changed.values())
    if needed > room.free:
        raise DeployError(
            f"not enough room on the board: {room.kilobytes(needed)} kB are needed, {room.kilobytes(room.free)} kB free"
        )
    if changed:
        say(f"copying {len(changed)} of {len(wanted.files)} files, {sum(map(len, changed.values())) / 1024:.1f} kB")
    for path, content in changed.items():
        remote.put(path, content)
    remote.drop(*(twin for twin in twins if found[twin][0] >= 0))


class _Output:
    """What the program prints, as text with "\\n" for the console's "\\r\\n"."""

    def __init__(self, echo: Callable[[str], object] | None) -> None:
        self._echo = echo
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""  # "\r", until it is known what follows
        self._pieces: list[str] = []

    def feed(self, data: bytes, final: bool = False) -> None:
        text = (self._held + self._decoder.decode(data, final)).replace("\r\n", "\n")
        self._held = "\r" if text.endswith("\r") and not final else ""
        text = text[: len(text) - len(self._held)]
        if text:
            self._pieces.append(text)
            if self._echo is not None:
                self._echo(text)

    def text(self) -> str:
        return "".join(self._pieces)


def _follow(stream: _Stream, output: _Output, timeout: float | None) -> tuple[str, str]:
    """Read what the program prints until it ends; return how it ended, if not by itself, and its traceback."""
    end = None if timeout is None else time.monotonic() + timeout
    ending, tail = "", b""
    with stream.polled(), _ctrl_c_typed(stream) as interrupts:
        while True:
            data, ended = stream.until_end()
            output.feed(data, final=ended)
            if ended:
                break
            tail = (tail + data)[-400:]
            if STARTED_ANEW.search(tail):
                return "reset", ""
            if len(interrupts) > 1:
                return "abandoned", ""
            if end is not None and time.monotonic() > end:
                if ending:
                    return ending, "it did not end at Ctrl-C, and may still run on the board\n"
                stream.write(CTRL_C)
                ending, end = "time limit", time.monotonic() + GRACE
        traceback = b""
        while True:
            data, ended = stream.until_end()
            traceback += data
            if ended:
                text = traceback.decode(errors="replace").replace("\r\n", "\n")
                return ending, re.sub(r' {2}File "<stdin>", line \d+, in <module>\n', "", text)
            if len(interrupts) > 1:
                return "abandoned", ""


class _Stream:
    """A serial port, read piece by piece; what was read too far, is there for mpremote afterwards."""

    def __init__(self, serial: Any) -> None:
        self._serial = serial
        self._rest = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._serial, name)

    def read(self, size: int = 1) -> bytes:
        data, self._rest = self._rest[:size], self._rest[size:]
        return data + (self._serial.read(size - len(data)) if len(data) < size else b"")

    def inWaiting(self) -> int:
        return len(self._rest) or int(self._serial.in_waiting)

    @contextlib.contextmanager
    def polled(self) -> Iterator[None]:
        """Make a read wait no longer than POLL."""
        before, self._serial.timeout = self._serial.timeout, POLL
        yield
        self._serial.timeout = before  # for mpremote, which takes a short answer for a lost board

    def until_end(self) -> tuple[bytes, bool]:
        """Wait a little; return what has come, as far as the next end mark, and whether that mark was there."""
        if not self._rest:
            self._rest = self._serial.read(1)
            waiting = self._serial.in_waiting if self._rest else 0
            if waiting:
                self._rest += self._serial.read(waiting)
        data, mark, self._rest = self._rest.partition(END)
        return data, bool(mark)


@contextlib.contextmanager
def _ctrl_c_typed(stream: _Stream) -> Iterator[list[int]]:
    """Type the first Ctrl-C of this process into the board; give the list of those that came."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def type_it(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) == 1:
            stream.write(CTRL_C)

    before = signal.signal(signal.SIGINT, type_it)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)
