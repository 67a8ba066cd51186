"""Running an application on a simulated board, in this process: in real time, or in time that jumps.

The application's folder is the board's root. Ctrl-C is a KeyboardInterrupt in the application, whose `finally` blocks
run; a second one kills. Call from the main thread. To have boards in a test use the pytest plugin; to have the
application on this CPython, with its modules, `--on cpython`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from .wiring import Wiring

if TYPE_CHECKING:
    from .board import Board
    from .firmware.world import World

KIND = "pico"
PATIENCE = 1.0  # seconds of real time in which nothing happens in virtual time, before that is a deadlock


def run(
    script: Path,
    args: Sequence[str] = (),
    *,
    kind: str | None = None,
    links: Sequence[str] = (),
    wiring: Path | None = None,
    virtual: bool = False,
    allow: Iterable[str] = (),
    panel: bool = False,
    boots: int = 1,
) -> int:
    """Run the script on a board of its own, with this process's streams; return its exit code, 70 for a deadlock.

    Args: kind of board, None for that of the wiring, else a pico; links, wires as "X1:X2"; wiring, a `board.toml`, None
    for the one beside the script, if there is one; virtual, time jumps while everything waits; allow, modules of the
    desktop that the application may import; panel, show the board below the output; boots, how often the application is
    started in all, if the board resets.
    Raises ValueError (BadSetting) for what does not fit the board.
    """
    from .board import Board
    from .firmware.world import World

    wired = Wiring.around(script, wiring, links) or Wiring()
    errors: list[str] = []
    folder = script.resolve().parent
    patience = None if panel else PATIENCE  # with a panel a key may still change it
    with (
        Board(kind or wired.kind or KIND, virtual=virtual, root=folder) as board,
        board.core("main", main=True, patience=patience),  # from here on time is ours: what is plugged in waits for us
    ):
        wired.apply(board)
        for note in wired.notes:
            print(f"twincore: {note}", file=sys.stderr)
        for boot in range(1, boots + 1):
            world = World(board, [folder], args, allow=allow, errors=errors.append)
            resets = board.resets
            with _signals(world) as before_killing, _panel(board, wired, before_killing) if panel else _nothing():
                code = world.run(script)
            if board.resets == resets or boot == boots:
                break
            _power_down(board, world)
        sys.stdout.flush()
        sys.stderr.write("".join(errors))
    return code


def _power_down(board: Board, world: World) -> None:
    """What a reset does to what `world`'s application has left: no peripheral goes on, and all pins are inputs."""
    world.close()
    board.interrupts.forget()
    for line in board.lines().values():
        line.output(None)
        line.pull(None)


@contextlib.contextmanager
def _signals(world: World) -> Iterator[list[Callable[[], object]]]:
    """Meanwhile Ctrl-C is the application's; gives a list of what to do before a signal kills this process."""
    from .firmware.world import INTERRUPTED

    before_killing: list[Callable[[], object]] = []
    received: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        received.append(number)
        if len(received) > 1:
            for act in before_killing:
                act()
            sys.stdout.flush()
            os._exit(INTERRUPTED)
        while frame is not None:
            if world.owns(frame):
                raise KeyboardInterrupt
            frame = frame.f_back
        raise SystemExit(INTERRUPTED)  # it has not begun, or has ended: there is nobody who wants to know where

    def end(number: int, frame: FrameType | None) -> None:
        for act in before_killing:
            act()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    handlers = {signal.SIGINT: interrupt, signal.SIGTERM: end, signal.SIGHUP: end}
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield before_killing
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextlib.contextmanager
def _panel(board: Board, wired: Wiring, before_killing: list[Callable[[], object]]) -> Iterator[None]:
    """The panel, if there can be one; else it is said why there is none."""
    from . import panel

    if not panel.possible():
        print("twincore: --panel needs a terminal, and the output is none: running without it", file=sys.stderr)
        yield
        return
    with panel.Panel(board, wired.keys()) as shown:
        board.output = shown.print
        before_killing.append(shown.abandon)
        yield
