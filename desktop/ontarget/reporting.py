"""What `twincore test` prints: a line for each file and place as soon as it is done, the failures, a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .boots import Result
from .places import Place
from .session import Unit
from .tracebacks import shown

MOST_ALIKE = 10  # failures that are named as others of the same kind
LETTERS = {"passed": ".", "failed": "F", "skipped": "s", "xfailed": "x", "xpassed": "X"}
STYLES = {"passed": "green", "failed": "red", "skipped": "yellow", "xfailed": "yellow", "xpassed": "yellow"}


class Reporter:
    """Prints results as they come. verbose: a line for each test, and what it has printed.

    command: what runs tests of a unit again, given their ids.
    """

    def __init__(self, console: Console, verbose: bool, command: Callable[[Unit, tuple[str, ...]], str]) -> None:
        self._console = console
        self._verbose = verbose
        self._command = command
        self._told: dict[int, tuple[Unit, list[Result]]] = {}  # by the unit's id: told again, it counts once

    @property
    def failed(self) -> int:
        """How many tests have failed."""
        return len(self._failures())

    def unit(self, unit: Unit, results: list[Result]) -> None:
        """Print how the tests of one file ended in one place.

        After Ctrl-C in the middle of this it may be said again.
        """
        self._told[id(unit)] = unit, results
        line = Text(f"{shown(unit.staged.file.path)} on {unit.place.label}  ")
        for result in results:
            line.append(LETTERS[result.outcome], STYLES[result.outcome])
        if not self._verbose:
            self._print(line)
            return
        for result in results:
            line = Text(f"{shown(unit.staged.file.path)}::{result.case.id} on {unit.place.label}  ")
            line.append(result.outcome, STYLES[result.outcome])
            line.append(_time(result.ms))
            if result.outcome not in ("passed", "failed") and result.text:
                line.append(f"  ({result.text.splitlines()[0]})")
            self._print(line)
            if result.printed and result.outcome != "failed":
                self._print(_indented(result.printed))

    def _failures(self) -> list[tuple[Unit, Result]]:
        told = [(unit, result) for unit, results in self._told.values() for result in results]
        return [(unit, result) for unit, result in told if result.outcome == "failed"]

    def end(self, places: list[Place]) -> None:
        """Print the failures and the table."""
        alike: dict[tuple[str, str, str], list[tuple[Unit, Result]]] = {}
        for unit, result in self._failures():
            key = str(unit.staged.file.path), _without_numbers(result.text), _without_numbers(result.printed)
            alike.setdefault(key, []).append((unit, result))
        for (unit, result), *rest in alike.values():
            self._failure(unit, result, [f"{other.case.id} on {there.place.label}" for there, other in rest])
        self._print("")
        counts: dict[str, Counter[str]] = {place.label: Counter() for place in places}
        ms: Counter[str] = Counter()
        for unit, results in self._told.values():
            counts[unit.place.label].update(result.outcome for result in results)
            ms[unit.place.label] += sum(round(result.ms or 0) for result in results)
        others = [name for name in ("xfailed", "xpassed") if any(count[name] for count in counts.values())]
        columns = ["passed", "failed", "skipped", *others]
        table = Table("place")
        for name in (*columns, "its time"):
            table.add_column(name, justify="right")
        for place in places:
            count = counts[place.label]
            cells = [Text(str(count[name]), STYLES[name] if count[name] else "dim") for name in columns]
            table.add_row(place.label, *cells, _time(ms[place.label]))
        self._console.print(table)

    def _failure(self, unit: Unit, result: Result, alike: list[str]) -> None:
        self._print("")
        name = f"{shown(unit.staged.file.path)}::{result.case.id}"
        self._print(Text(f"FAILED {name} on {unit.place.label}", "bold red"))
        if alike:
            more = [f"{len(alike) - MOST_ALIKE} more"] if len(alike) > MOST_ALIKE else []
            self._print(f"and in the same way {', '.join([*alike[:MOST_ALIKE], *more])}")
        if result.printed:
            self._print("it printed:")
            self._print(_indented(result.printed))
        self._print(result.text.rstrip())
        if result.replay:
            self._print(f"again: {self._command(unit, result.replay)}")

    def _print(self, line: str | Text) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def _time(ms: float | None) -> str:
    """By the target's clock."""
    return "" if ms is None else f"  {ms / 1000:.3f} s" if ms < 10_000 else f"  {ms / 1000:.1f} s"


def _without_numbers(text: str) -> str:
    """For comparing: a race loses 7 items in one seed and 9 in the next."""
    return re.sub(r"\d+", "0", text)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip("\n").splitlines())
