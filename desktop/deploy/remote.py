"""A board at a port, through mpremote's transport: stopped, in its raw REPL, with the agent in it.

What fails there comes as a DeployError that says what happened. Use it from one thread.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import hashlib
import io
import re
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .agent import AGENT, BLOCK
from .compiling import MpyFormat
from .errors import BoardLost, DeployError, PortError
from .ports import open_port

PATIENCE = 4.0  # seconds for a board to come to its REPL
BOOT_PATIENCE = 10.0  # and for one that has been heard: its boot.py may take a while
AT_ONCE = 32  # paths in one piece of code, for a board with little memory
EXEC_PATIENCE = 60.0  # for what a piece of code prints
BETWEEN, QUIET = 0.3, 0.2  # from keys to keys that are sent blindly; without output it is quiet
PAUSE, PAUSES = 0.1, 10  # seconds without output after Ctrl-C: it has stopped; so often it has not
FLOOD = "it prints without end"
# What the second core prints next goes here, too, and does not come back.
HUSH = b"""
import io,os,_thread
def hush(me=_thread.get_ident(),lock=_thread.allocate_lock()):
 class Hush(io.IOBase):
  def write(self,data):
   if _thread.get_ident()!=me:lock.acquire()
   return len(data)
 lock.acquire()
 os.dupterm(Hush())
hush()
"""
ENOSPC, EROFS = 28, 30
PRINT_FACTS = """\
import sys
i = sys.implementation
print((sys.platform, getattr(i, "_machine", ""), tuple(i.version), getattr(i, "_mpy", 0), os.getcwd(), list(sys.path)))
"""
# A program that was interrupted may have started the watchdog, which would reset the board in the middle. The chip lets
# it be stopped: its ENABLE bit, cleared through the register's own address for that (RP2040 datasheet 2.1.2, 4.7.6;
# RP2350's has the same at another place). Not through `machine`, which a file on the board may be called, too.
STOP_WATCHDOG = """\
if sys.platform == "rp2":
    try:
        from umachine import mem32
        mem32[(0x400D8000 if "RP2350" in i._machine else 0x40058000) + 0x3000] = 1 << 30
    except ImportError:
        pass
"""
MARK = "\x02"  # a line between two answers
DIGITS = 32  # of the SHA-256 of a file, in hexadecimal


def digest(content: bytes) -> str:
    """The hash by which contents are compared, as the agent makes it."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


class BoardError(DeployError):
    """An exception on the board; `errno` is that of an OSError, else None."""

    def __init__(self, traceback: str) -> None:
        last = traceback.strip().splitlines()[-1] if traceback.strip() else "an exception without a text"
        found = re.match(r"OSError: (?:\[Errno )?(\d+)", last)
        self.errno = int(found[1]) if found else None
        known = {ENOSPC: "the board's file system is full", EROFS: "the board's file system is read-only"}
        super().__init__(known.get(self.errno or 0, f"the board says {last}"))


@dataclass(frozen=True)
class Facts:
    """What the board is. root: the folder main.py is in, without a slash at its end; lib: where libraries are."""

    platform: str
    machine: str
    version: str
    mpy: MpyFormat
    root: str
    lib: str


def _facts(said: str) -> Facts:
    platform, machine, version, mpy, folder, path = ast.literal_eval(said.strip())
    root = folder.rstrip("/")
    libraries = [each for each in path if each.endswith("/lib") and not each.startswith("/rom")]
    numbers = ".".join(str(part) for part in version[:3])
    return Facts(platform, machine, numbers, MpyFormat.of(mpy), root, libraries[0] if libraries else f"{root}/lib")


def as_bytes(said: str) -> bytes:
    """What `t_read` printed."""
    return b"".join(map(base64.b64decode, said.split()))


def as_tree(said: str) -> dict[str, int]:
    """What `t_tree` printed: {path: size}."""
    return {path: int(size) for size, _, path in (line.partition(" ") for line in said.splitlines())}


class Remote:
    """See `connected`."""

    def __init__(self, transport: Any, port: str) -> None:
        self._transport = transport
        self.port = port
        _interrupt(transport, port)
        self.facts = _facts(self.exec(AGENT + PRINT_FACTS + STOP_WATCHDOG))

    def exec(self, code: str) -> str:
        """Execute code on the board and return what it prints. Raises BoardError, BoardLost."""
        with self.loss(), _patience(self._transport, EXEC_PATIENCE):
            return str(self._transport.exec(code).decode(errors="replace").replace("\r\n", "\n"))

    @contextlib.contextmanager
    def loss(self) -> Iterator[Any]:
        """Give mpremote's transport; what fails with it becomes a BoardError or BoardLost."""
        from mpremote.transport import TransportError, TransportExecError  # type: ignore[import-untyped]

        try:
            yield self._transport
        except TransportExecError as error:
            raise BoardError(error.error_output) from None
        except (TransportError, _Flood, OSError, struct.error, IndexError) as error:  # the last two: of a short answer
            known = isinstance(error, OSError | _Flood) and str(error)
            reason = str(error) if known else "it does not answer any more"
            raise BoardLost(f"lost the board at {self.port}: {reason}") from None

    def ask(self, *questions: str) -> list[str]:
        """Execute several pieces of code in one go and return what each prints: a round trip takes its time."""
        return self.exec(f"\nprint({MARK!r})\n".join(questions)).split(f"{MARK}\n")

    def report(self, paths: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return {path: (size, digest)}; the size is -1 for what is not there, -2 for a folder."""
        found = {}
        for start in range(0, len(paths), AT_ONCE):
            part = paths[start : start + AT_ONCE]
            lines = self.exec(f"t_report({tuple(part)!r})").splitlines()
            for path, line in zip(part, lines, strict=True):
                size, _, hashed = line.partition(" ")
                found[path] = int(size), digest(self.read(path)) if hashed == "?" else hashed
        return found

    def put(self, path: str, content: bytes, on_block: Callable[[int], object] = lambda size: None) -> None:
        """Write a file: first under a temporary name, so that what has the name is whole. Folders are made.

        Raises DeployError when what the board has then is not the content; the file is removed.
        """
        pieces = [content[at : at + BLOCK] for at in range(0, len(content), BLOCK)] or [b""]
        for number, piece in enumerate(pieces, 1):
            name = path if number == len(pieces) else None
            data = base64.b64encode(piece)
            said = self.exec(f"t_put({path + '.part'!r}, {data!r}, {number == 1}, {name!r})").strip()
            on_block(len(piece))
        if (digest(self.read(path)) if said == "?" else said) != digest(content):
            self.drop(path)
            raise DeployError("what arrived on the board is not what was sent: the connection or the flash is bad")

    def read(self, path: str) -> bytes:
        """Return a file's content, empty when there is none."""
        return as_bytes(self.exec(f"t_read({path!r})"))

    def tree(self, folder: str) -> dict[str, int]:
        """The files below a folder, and their sizes."""
        return as_tree(self.exec(f"t_tree({folder!r})"))

    def drop(self, *paths: str) -> None:
        """Remove files, and folders with all that is in them; what is not there is no error."""
        for start in range(0, len(paths), AT_ONCE):
            self.exec(f"for path in {paths[start : start + AT_ONCE]!r}: t_drop(path)")

    def soft_reset(self) -> None:
        """Start MicroPython anew: no agent, no memory in use, core 1 stopped; boot.py runs, main.py does not."""
        _interrupt(self._transport, self.port)

    def leave(self, restart: bool) -> None:
        """Leave the raw REPL; with restart=True, by a soft reset, after which main.py runs."""
        with self.loss() as transport, _patience(transport, EXEC_PATIENCE):
            transport.exit_raw_repl()
            if restart:
                transport.serial.write(b"\x04")
                transport.read_until(1, b"soft reboot\r\n", timeout=PATIENCE)  # a port closed at once may lose it


@contextlib.contextmanager
def connected(port: str, *, restart: bool) -> Iterator[Remote]:
    """Open a port, stop what runs on its board, and give the board.

    Args: restart, whether the board is restarted at the end, so that its main.py runs, however the block ended;
    else it stays in its REPL. Raises PortError when there is no port or no board at it.
    """
    transport, device = open_port(port)
    try:
        remote = Remote(transport, device)
        try:
            yield remote
        finally:
            with contextlib.suppress(DeployError):
                remote.leave(restart)
    finally:
        with contextlib.suppress(OSError):
            transport.close()


def _interrupt(transport: Any, port: str) -> None:
    """Stop what runs and come to a fresh raw REPL, as mpremote does, a few times. Raises PortError."""
    from mpremote.transport import TransportError

    heard = ""
    for patience, soft_reset in ((PATIENCE, True), (None, True), (PATIENCE, False)):  # the last: boot.py never ends
        heard = _quieten(transport.serial, port) or heard
        said = io.StringIO()
        patience = patience or (BOOT_PATIENCE if heard else PATIENCE)
        try:
            with contextlib.redirect_stdout(said), _patience(transport, 3 * patience):
                transport.enter_raw_repl(soft_reset=soft_reset, timeout_overall=patience)
            return
        except _Flood:
            heard = FLOOD
        except TransportError:
            heard = heard or said.getvalue().strip().removeprefix("b''")
        except OSError as error:
            raise _hung_up(port, error) from None
    if heard == FLOOD:
        raise PortError(f"what is at {port} prints without end, on its second core perhaps: reset it, and try again")
    if heard:
        raise PortError(
            f"what is at {port} does not come to MicroPython's prompt: its program does not stop at Ctrl-C, or it is "
            "no MicroPython. Reset the board and try again at once"
        )
    raise PortError(f"nothing answers at {port}: is it a board with MicroPython, and does its program heed Ctrl-C?")


class _Flood(Exception):
    """The board prints without end. mpremote reads on as long as it does."""


class _Impatient:
    """A serial port that raises _Flood when something is still to be read from it after so many seconds."""

    def __init__(self, stream: Any, seconds: float) -> None:
        self._stream = stream
        self._end = time.monotonic() + seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def inWaiting(self) -> int:
        self._check()
        return int(self._stream.inWaiting())

    def read(self, size: int = 1) -> bytes:
        self._check()
        return bytes(self._stream.read(size))

    def _check(self) -> None:
        if time.monotonic() > self._end:
            raise _Flood(FLOOD)


@contextlib.contextmanager
def _patience(transport: Any, seconds: float) -> Iterator[None]:
    """Meanwhile _Flood is raised when what is to be read from the board has no end after so many seconds."""
    stream, transport.serial = transport.serial, _Impatient(transport.serial, seconds)
    try:
        yield
    finally:
        transport.serial = stream


def _quieten(stream: Any, port: str) -> str:
    """Stop what runs; if it prints on, on the second core, stop that, too. Returns FLOOD if it was that.

    A soft reset alone would stop the second core wherever it is. In a `print` it has, as a rule, the lock of the USB
    port, which nobody gives back then: the board hangs. So it is brought to wait for a lock of its own first.
    """
    try:
        stream.write(b"\r\x03\x03")
        if not _prints_on(stream):
            return ""
        said = b""
        end = time.monotonic() + PATIENCE
        for keys in (b"\r\x01", HUSH, b"\x04", b"\x04"):  # the raw REPL, the code, which is run; and the reset
            stream.write(keys)
            said += _drain(stream, min(end, time.monotonic() + BETWEEN))
        _drain(stream, end)
    except OSError as error:
        raise _hung_up(port, error) from None
    return FLOOD if b"raw REPL" in said else ""  # else the main core does not listen either


def _prints_on(stream: Any) -> bool:
    """Whether something comes all the time."""
    for _ in range(PAUSES):
        end = time.monotonic() + PAUSE
        while not stream.inWaiting():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        stream.read(stream.inWaiting())
    return True


def _hung_up(port: str, error: OSError) -> PortError:
    used = "; is another program connected to it?" if "://" in port else ""
    return PortError(f"{port} hangs up: {error}{used}")


def _drain(stream: Any, end: float) -> bytes:
    """Until then, or until it is quiet, return what comes: a board whose output nobody reads stands still."""
    said, last = b"", time.monotonic()
    while last + QUIET > time.monotonic() < end:
        if stream.inWaiting():
            said += stream.read(stream.inWaiting())
            last = time.monotonic()
        else:
            time.sleep(0.01)
    return said
