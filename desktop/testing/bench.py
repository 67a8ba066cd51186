"""Bench: the boards of one test, the applications that run on them, and what is left of them at the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..board import Board, RealTime, VirtualTime, who_waits
from ..board.timekeeper import Timekeeper
from ..wiring import Wiring
from ..wiring.settings import BadSetting, nearest
from . import leaks, loops
from .app import App, FunctionApp, ScriptApp
from .console import Console

Script = str | Path | Callable[[], Any]
DEADLOCK_AFTER = 2.0  # real seconds in which everything waits for ever, before the test is told
LEAKS = ("off", "on", "strict")


@dataclass(frozen=True)
class Options:
    """What `@pytest.mark.board` may say; see docs/testing-firmware.md. ValueError for what makes no sense."""

    kind: str | None = None
    virtual: bool = True
    links: Sequence[tuple[str | int, str | int]] = ()
    wiring: str | Path | None = None
    leaks: str = "on"

    def __post_init__(self) -> None:
        if self.leaks not in LEAKS:
            raise ValueError(f"leaks={self.leaks!r}: {nearest(str(self.leaks), LEAKS)}")


class Bench:
    """Boards that share one time, in which the calling thread takes part until `close`. That thread only.

    Args: options; folders, where scripts and wiring files are looked for.
    """

    def __init__(self, options: Options | None = None, folders: Sequence[Path] = ()) -> None:
        self.options = options or Options()
        self.boards: list[Board] = []
        self.apps: list[App] = []
        self.time: Timekeeper = VirtualTime() if self.options.virtual else RealTime()
        self._folders = list(folders) or [Path.cwd()]
        self._consoles: dict[Board, Console] = {}
        self._root: Path | None = None
        self._undo = ExitStack()
        self._before = leaks.Before()

    def board(
        self,
        kind: str | None = None,
        *,
        name: str | None = None,
        links: Sequence[tuple[str | int, str | int]] = (),
        wiring: str | Path | None = None,
    ) -> Board:
        """One more board. Args: kind, see KINDS; name; links, pairs of pins to be wired; wiring, a `board.toml`.

        ValueError, of which BadSetting is one, for what makes no sense.
        """
        plan = Wiring() if wiring is None else Wiring.load(self._find(wiring, "wiring"))
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="twincore-"))
        if name is None:
            name = "board" if not self.boards else f"board{len(self.boards) + 1}"
        root = self._root / str(len(self.boards))
        root.mkdir()
        console = Console()
        board = Board(kind or plan.kind or "pico", name=name, time=self.time, root=root, output=console.write)
        self.boards.append(board)
        self._consoles[board] = console
        if len(self.boards) == 1:
            before = loops.lay_aside()
            self._undo.callback(loops.put_back, before)
            self._undo.enter_context(board.core("the test", patience=DEADLOCK_AFTER))
        plan.add_links([_link(pair) for pair in links], "links")
        plan.apply(board)
        return board

    def run_app(
        self,
        script: Script,
        board: Board,
        argv: Sequence[str] = (),
        files: Mapping[str, str | bytes] | None = None,
    ) -> App:
        """Start an application on `board`, and return it; see the fixture `run_app`."""
        for other in self.apps:
            if other.board is board and other.running:
                raise RuntimeError(f"{other.name} runs on {board.name} already: end it first, or have another board")
            if other.board is board and isinstance(other, ScriptApp):
                other.world.close()
        board.interrupts.forget()
        for name, content in (files or {}).items():
            _put(board.root, name, content)
        console = self._consoles[board]
        app: App
        if callable(script):
            if argv:
                raise TypeError("argv is for a script: a function has no arguments here")
            app = FunctionApp(board, script, console)
        elif files is not None and str(script) in files:
            path = board.root / str(script).lstrip("/")
            app = ScriptApp(board, path, console, [board.root], argv)
        else:
            path = self._find(script, "script")
            app = ScriptApp(board, path, console, [path.parent, board.root], argv)
        self.apps.append(app)
        return app

    def _find(self, name: str | Path, what: str) -> Path:
        for folder in self._folders:
            if (folder / name).is_file():
                return folder / name
        looked = ", nor in ".join(str(folder) for folder in dict.fromkeys(self._folders))
        raise FileNotFoundError(f"there is no {what} {name} in {looked}")

    def sections(self) -> list[tuple[str, str]]:
        """What is worth seeing of a test that failed: headings and texts."""
        found = [
            (f"output of {app.name} on {app.board.name}", app.text) for app in self.apps if app.text
        ]
        if self.boards and not all(board.closed for board in self.boards):
            waits = who_waits.report(self.time, others=True) or "nobody"
            found.append((f"who waits where, at {self.time.now() / 1e6:.6f} s", waits))
        return found

    def close(self) -> list[str]:
        """End the applications, close the boards; returns what is wrong then, in words."""
        if not self.boards:
            return []
        wrong = []
        for app in self.apps:
            app.stop()
            wrong += [app.complaint()]
            if not app.interrupted and app.code == 0:
                wrong += [f"{app.name} has left {text}" for text in app.left]
        if self.options.leaks == "strict":
            for board in self.boards:
                wrong += [f"{board.name} has {leaks.alarm_in_words(alarm)}" for alarm in board.hardware.armed()]
        for board in self.boards:
            board.close()
        for app in self.apps:
            app.stop()
            app.force()
        for task in loops.tasks_left():
            wrong.append(f"the test has left {task}")
        self._undo.close()
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        wrong += [f"there is still {text}" for text in self._before.left()]
        if self.options.leaks == "off":
            wrong = [app.complaint() for app in self.apps]
        return [text for text in wrong if text]


def options_of(mark_args: tuple[Any, ...], mark_kwargs: Mapping[str, Any], *, real_time: bool = False) -> Options:
    """The Options of `@pytest.mark.board(...)`. TypeError and ValueError for what it cannot say."""
    known = [name for name in Options.__dataclass_fields__ if name != "kind"]
    for name in mark_kwargs:
        if name not in known and name != "kind":
            raise TypeError(f"pytest.mark.board knows no {name!r}: {nearest(name, known)}")
    if len(mark_args) > 1:
        raise TypeError("pytest.mark.board takes the kind of board, and all else by name")
    options = Options(*mark_args, **mark_kwargs)
    return replace(options, virtual=False) if real_time else options


def _link(pair: tuple[str | int, str | int]) -> str:
    if isinstance(pair, str) or len(pair) != 2:
        raise BadSetting(f'a link is a pair of pins, as in ("X1", "X2"), not {pair!r}')
    return f"{pair[0]}:{pair[1]}"


def _put(root: Path, name: str, content: str | bytes) -> None:
    """Make a file of the board."""
    path = (root / name.lstrip("/")).resolve()
    if not path.is_relative_to(root.resolve()):
        raise ValueError(f"{name!r} is no file of the board: it leads out of it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
