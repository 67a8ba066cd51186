"""`twincore serve`: an emulated board, in real time, behind a TCP port or a pseudo terminal.

The board's filesystem may be kept in a file from one time to the next, and may have an application as its main.py.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..chips.pseudo_terminal import PseudoTerminal
from ..options import BadUse, check_script
from ..process import Command, stream
from ..targets.staging import aliases_folder, modules_beside
from ..wiring import Wiring
from . import emulator
from .builds import Build
from .image import Content

MOST_UNREAD = 16384  # bytes of output that wait for a program to open the pseudo terminal, the latest
PATIENCE = 1.0  # seconds for whoever has a terminal open to read what was printed before the reset
LOOK = 0.02  # seconds; it is looked at so often whether that has been read, which nothing tells


@dataclass(frozen=True)
class Served:
    """What is asked of a served board.

    port: TCP, 0 any free one; pty: a pseudo terminal instead; link: a link to it; app: becomes main.py, the modules
    that it imports and `files` go beside it; flash: a file that keeps the filesystem; seed, jitter, build: see
    `emulator.sessions`; links, wiring: what is around it, see `simulated.run`.
    """

    port: int = 4455
    pty: bool = False
    link: Path | None = None
    app: Path | None = None
    files: Sequence[Path] = ()
    flash: Path | None = None
    seed: int = 1
    jitter: int = 0
    build: Build | None = None
    links: Sequence[str] = ()
    wiring: Path | None = None


def serve(asked: Served) -> int:
    """Serve the board until Ctrl-C, with messages on this process's streams; return the exit code.

    Raises BadUse, TargetMissing, and ValueError when the files do not fit, or the wiring does not fit the board.
    """
    wiring = _around(asked)
    content: dict[str, Content] = {}
    if asked.app is not None:
        check_script(asked.app)
        content = {**modules_beside(asked.app, [aliases_folder()]), "main.py": asked.app}
    for file in asked.files:
        check_script(file)
        content[file.name] = file
    with contextlib.ExitStack() as stack:
        console = stack.enter_context(_terminal(asked.link)) if asked.pty else None
        command: Command = stack.enter_context(
            emulator.server(
                port=asked.port,
                console=console,
                content=content,
                flash=asked.flash,
                seed=asked.seed,
                jitter=asked.jitter,
                build=asked.build,
                wiring=wiring,
            )
        )
        return stream(command)


def _around(asked: Served) -> Wiring | None:
    """What is to be around the board: beside an application as for `run`, beside none only what was asked for."""
    if asked.app is not None:
        return Wiring.around(asked.app, asked.wiring, asked.links)
    if asked.wiring is None and not asked.links:
        return None
    return (Wiring() if asked.wiring is None else Wiring.load(asked.wiring)).add_links(asked.links)


@contextlib.contextmanager
def _terminal(link: Path | None) -> Iterator[Path]:
    """A pseudo terminal: give the path of a Unix socket, what connects to which has it."""
    pty = _new_terminal()
    relay = _Relay(pty, link)
    with contextlib.closing(relay), tempfile.TemporaryDirectory(prefix="twincore-") as folder:
        if link is not None:
            _link(link, pty.name)
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                path = Path(folder) / "console"
                listener.bind(str(path))
                listener.listen(1)
                ended, end = os.pipe()
                thread = threading.Thread(target=relay.run, args=(listener, ended), name="pseudo terminal", daemon=True)
                thread.start()
                print(f"the board is at {link or pty.name}", flush=True)
                try:
                    yield path
                finally:
                    os.close(end)
                    thread.join()
                    os.close(ended)
        finally:
            if link is not None:
                link.unlink(missing_ok=True)


def _new_terminal() -> PseudoTerminal:
    try:
        return PseudoTerminal()
    except OSError as error:
        raise BadUse(f"no pseudo terminal: {error}: leave --pty out") from None


def _link(link: Path, device: str) -> None:
    """In one step, for who opens it at that time; a link that is there, such as a killed run has left, is replaced."""
    new = link.with_name(f".{link.name}.{os.getpid()}")
    try:
        if link.exists() and not link.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        new.symlink_to(device)
        new.replace(link)
    except OSError as error:
        raise BadUse(f"cannot make the link {link}: {error.strerror}") from None


class _Relay:
    """Copies both ways between a pseudo terminal and what has connected.

    The board connects anew when it resets. Then it gets another terminal, with the same link to it, and who has the
    first one open is hung up on, as by a USB port. Without a link it keeps the one it has: who would find another?
    """

    def __init__(self, pty: PseudoTerminal, link: Path | None) -> None:
        self._pty = pty
        self._link = link
        self._left: PseudoTerminal | None = None  # hung up when what came from the board before has been read
        self._patience = 0.0  # the time until which that is waited for
        self._unread: deque[bytes] = deque()

    def close(self) -> None:
        """After `run`."""
        self._hang_up()
        self._pty.close()

    def run(self, listener: socket.socket, ended: int) -> None:
        """Until `ended` is readable."""
        board: socket.socket | None = None
        connections = 0
        with selectors.DefaultSelector() as selector:
            selector.register(ended, selectors.EVENT_READ)
            selector.register(listener, selectors.EVENT_READ)
            while True:
                for key, events in selector.select(None if self._left is None else LOOK):
                    if key.fileobj == ended:
                        if board is not None:
                            board.close()
                        return
                    if key.fileobj is listener:
                        board, _ = listener.accept()
                        connections += 1
                        if connections > 1:
                            self._another_terminal()
                        selector.unregister(listener)
                        selector.register(board, selectors.EVENT_READ)
                        selector.register(self._pty, selectors.EVENT_READ)
                    elif board is None:
                        continue
                    elif key.fileobj is board:
                        data = _received(board)
                        if not data:
                            selector.unregister(board)
                            selector.unregister(self._pty)
                            selector.register(listener, selectors.EVENT_READ)
                            board.close()
                            board = None
                        self._unread.append(data)
                    elif events & selectors.EVENT_READ:
                        with contextlib.suppress(ConnectionError):  # a board that has just reset hears nothing
                            board.sendall(self._pty.received())
                if self._left is not None and (not self._left.unread() or time.monotonic() > self._patience):
                    self._hang_up()
                _write(self._pty, self._unread)
                if board is not None:
                    writing = selectors.EVENT_WRITE if self._unread else 0
                    selector.modify(self._pty, selectors.EVENT_READ | writing)

    def _another_terminal(self) -> None:
        if self._link is None:
            return
        try:
            pty = _new_terminal()
            _link(self._link, pty.name)
        except BadUse as error:
            print(f"twincore: {error}", file=sys.stderr)  # and whoever is there stays connected
            return
        self._hang_up()
        self._left, self._pty = self._pty, pty
        self._patience = time.monotonic() + PATIENCE
        self._unread.clear()

    def _hang_up(self) -> None:
        if self._left is not None:
            self._left.close()
            self._left = None


def _received(board: socket.socket) -> bytes:
    """What comes next; empty when it has gone."""
    try:
        return board.recv(65536)
    except ConnectionError:
        return b""


def _write(pty: PseudoTerminal, unread: deque[bytes]) -> None:
    """Write what fits; of the rest keep the latest."""
    while unread:
        lost = pty.lost
        pty.send(unread[0])
        refused = pty.lost - lost
        if refused:
            unread[0] = unread[0][-refused:]
            break
        unread.popleft()
    while sum(map(len, unread)) > MOST_UNREAD:
        unread.popleft()
