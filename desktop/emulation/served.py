"""`twincore serve`: an emulated board, in real time, behind a TCP port or a pseudo terminal.

The board's filesystem may be kept in a file from one time to the next, and may have an application as its main.py.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import tempfile
import threading
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
    try:
        pty = PseudoTerminal()
    except OSError as error:
        raise BadUse(f"no pseudo terminal: {error}: leave --pty out") from None
    with contextlib.closing(pty), tempfile.TemporaryDirectory(prefix="twincore-") as folder:
        if link is not None:
            _link(link, pty.name)
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                path = Path(folder) / "console"
                listener.bind(str(path))
                listener.listen(1)
                ended, end = os.pipe()
                relay = threading.Thread(
                    target=_relay, args=(pty, listener, ended), name="pseudo terminal", daemon=True
                )
                relay.start()
                print(f"the board is at {link or pty.name}", flush=True)
                try:
                    yield path
                finally:
                    os.close(end)
                    relay.join()
                    os.close(ended)
        finally:
            if link is not None:
                link.unlink(missing_ok=True)


def _link(link: Path, device: str) -> None:
    try:
        if link.is_symlink():  # one that a killed run has left
            link.unlink()
        link.symlink_to(device)
    except OSError as error:
        raise BadUse(f"cannot make the link {link}: {error.strerror}") from None


def _relay(pty: PseudoTerminal, listener: socket.socket, ended: int) -> None:
    """Copy both ways between the pseudo terminal and the first that connects, until `ended` is readable."""
    unread: deque[bytes] = deque()
    board: socket.socket | None = None
    with selectors.DefaultSelector() as selector:
        selector.register(ended, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, events in selector.select():
                if key.fileobj == ended:
                    if board is not None:
                        board.close()
                    return
                if key.fileobj is listener:
                    board, _ = listener.accept()
                    selector.unregister(listener)
                    selector.register(board, selectors.EVENT_READ)
                    selector.register(pty, selectors.EVENT_READ)
                elif key.fileobj is board:
                    data = board.recv(65536)
                    if not data:
                        selector.unregister(board)
                    unread.append(data)
                elif board is not None:
                    if events & selectors.EVENT_READ:
                        board.sendall(pty.received())
            _write(pty, unread)
            if board is not None:
                writing = selectors.EVENT_WRITE if unread else 0
                selector.modify(pty, selectors.EVENT_READ | writing)


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
