"""Wiring: what is around a simulated board, from `--link X1:X2` and from a `board.toml`.

docs/simulated-board.md describes the file. Reading it finds what is wrong with the file itself; `apply` what does not
fit the board. For a test, Python is shorter: `board.line("X1").link(board.line("X2"))`, and `twincore.desktop.chips`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .settings import BadSetting, Settings, nearest

if TYPE_CHECKING:
    from ..board import Board, Line
    from .keys import Key

FILE = "board.toml"
TABLES = ("pulls", "levels", "adc", "uart", "i2s", "gpio", "i2c", "chip")


@dataclass(frozen=True)
class Link:
    """A wire between two pins; `where` it was asked for."""

    where: str
    one: str
    other: str


@dataclass
class Wiring:
    """What is around a board. `kind` of board: None if nothing was said.

    After `apply`: `chips`, by name; `notes`, what a person should know, as the name of a pseudo terminal; `real`,
    whether something of it lives in real time, as what is at that terminal does.
    """

    kind: str | None = None
    links: list[Link] = field(default_factory=list)
    file: str = FILE
    folder: Path = field(default_factory=Path.cwd)
    tables: dict[str, Any] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    real: bool = False
    chips: dict[str, Any] = field(default_factory=dict)
    wanted_keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Wiring:
        """Read a `board.toml`. BadSetting if there is none, or if it is not what it should be."""
        text = _read(path)
        toml = _parser()
        try:
            values = toml.loads(text)
        except toml.TOMLDecodeError as error:
            raise BadSetting(f"{path}: this is no TOML: {error}") from None
        settings = Settings(str(path), "", values, path.parent)
        wiring = cls(_kind(settings), file=str(path), folder=path.parent)
        for number, link in enumerate(settings.items("links"), 1):
            wiring.links.append(_link(f"{path}: links, number {number}", link))
        wiring.events = settings.items("events")
        wiring.tables = {key: settings.take(key, {}) for key in TABLES}
        settings.finish()
        return wiring

    @classmethod
    def around(cls, script: Path, file: Path | None, links: Iterable[str] = ()) -> Wiring | None:
        """That of an application: of `file`, or of the board.toml beside it, with `links`. None if there is nothing."""
        beside = script.parent / FILE
        if file is None and not beside.is_file() and not links:
            return None
        return (cls.load(file or beside) if file is not None or beside.is_file() else cls()).add_links(links)

    def copy(self) -> Wiring:
        """The same, before `apply`."""
        return replace(self, links=list(self.links), notes=[], real=False, chips={}, wanted_keys={})

    def add_links(self, links: Iterable[str], where: str = "--link") -> Wiring:
        """Wires in addition, each as "X1:X2"; returns this."""
        self.links += [_link(f"{where} {link}", link) for link in links]
        return self

    def apply(self, board: Board, *, paced: bool = False) -> None:
        """Wire `board` up: call it once, before the application runs. BadSetting where they do not fit.

        Args: paced, though its time is virtual, who drives it does not let it run ahead of the real time.
        """
        if not (self.links or self.events or self.tables):
            return
        from . import events
        from .plugging import Plugging

        plugging = Plugging(board, Settings(self.file, "", self.tables, self.folder), self.notes, paced)
        plugging.levels()
        plugging.pulls()
        self._link(board)
        plugging.voltages()
        plugging.uarts()
        plugging.sound()
        plugging.gpio()
        plugging.i2c()
        self.real = plugging.real
        self.chips = plugging.chips()
        self.wanted_keys = plugging.wanted_keys
        events.plan(board, self.events, self.chips, self.file)

    def keys(self) -> dict[str, Key]:
        """After `apply`: what the keys of the keyboard do, for a panel."""
        from .keys import assign

        return assign(self.chips, self.wanted_keys)

    def _link(self, board: Board) -> None:
        from ..board import ShortCircuit

        for link in self.links:
            one, other = (_pin(link.where, board.line, pin) for pin in (link.one, link.other))
            if one is other:
                raise BadSetting(f"{link.where}: {link.one} and {link.other} are the same pin")
            try:
                one.link(other)
            except ShortCircuit as error:
                raise BadSetting(f"{link.where}: a short circuit: {error}") from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadSetting(f"there is no file {path}") from None
    except OSError as error:
        raise BadSetting(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path}: this is no TOML: it is not in UTF-8, at byte {error.start}") from None


def _parser() -> Any:
    try:
        return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    except ImportError:
        raise BadSetting("reading a board.toml on Python 3.10 needs tomli: pip install 'twincore[cli]'") from None


def _kind(settings: Settings) -> str | None:
    from ..board import KINDS

    kind: str | None = settings.text("board", None)
    if kind is not None and kind not in KINDS:
        settings.fail("board", f"no board is called {kind!r}: {nearest(kind, KINDS)}")
    return kind


def _link(where: str, link: object) -> Link:
    pins: Sequence[object] = link.split(":") if isinstance(link, str) else link if isinstance(link, list) else ()
    if len(pins) != 2 or not all(isinstance(pin, str | int) and pin != "" for pin in pins):
        raise BadSetting(f"{where}: a link is between two pins, as in X1:X2, not {link!r}")
    one, other = (str(pin).strip() for pin in pins)
    for pin in (one, other):
        name, dot, rest = pin.partition(".")
        if dot:
            raise BadSetting(f"{where}: {pin} is pin {rest} of another board, {name}: there is one board only so far")
    return Link(where, one, other)


def _pin(where: str, find: Callable[[str], Line], pin: str) -> Line:
    try:
        return find(pin)
    except ValueError as error:
        raise BadSetting(f"{where}: {error}") from None
