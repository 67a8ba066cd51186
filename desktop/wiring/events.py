"""What happens around a board at given times, as a `board.toml` lists it: a button is clicked, a sensor warms up.

    events = [[500, "start.click"], [900, "knob.turn", -2], [1500, "climate.temperature", 30.5]]

Milliseconds after the start, what of which chip, and the arguments of that method, or the value of that attribute; a
table at the end holds arguments by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .settings import BadSetting, nearest

if TYPE_CHECKING:
    from ..board import Board

NOT_ASKED = {"close", "closed", "state", "read", "write"}  # the board's, the panel's and the bus's business


def plan(board: Board, events: Sequence[Any], chips: Mapping[str, Any], file: str) -> None:
    """Have them happen on `board`, each at its time. BadSetting for one that makes no sense.

    What a chip refuses when it comes to it is printed by the board.
    """
    for number, event in enumerate(events, 1):
        _Event(board, event, chips, f"{file}: events, number {number}").arm()


class _Event:
    def __init__(self, board: Board, event: Any, chips: Mapping[str, Any], where: str) -> None:
        self._board = board
        self._where = where
        if not isinstance(event, list) or len(event) < 2:
            self._fail(f'it is [milliseconds, "chip.what", arguments ...], not {event!r}')
        ms, what, *arguments = event
        if isinstance(ms, bool) or not isinstance(ms, int | float) or not ms >= 0:
            self._fail(f"it begins with the time in milliseconds, not {ms!r}")
        self._when = round(ms * 1000)
        name, dot, self._doing = what.partition(".") if isinstance(what, str) else ("", "", "")
        if not dot:
            self._fail(f'what happens is "chip.what", as in "start.click", not {what!r}')
        if name not in chips:
            self._fail(f"there is no chip {name!r}: {nearest(name, chips)}")
        self._chip = chips[name]
        self._named = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
        self._arguments = arguments
        self._check()

    def _check(self) -> None:
        there = _doings(self._chip)
        if self._doing not in there:
            self._fail(f"no {self._doing!r}: {nearest(self._doing, there)}")
        attribute = getattr(self._chip, self._doing)
        if not callable(attribute):
            if len(self._arguments) != 1 or self._named:
                self._fail(f"{self._doing} has one value: give that, and no more")
            return
        try:
            inspect.signature(attribute).bind(*self._arguments, **self._named)
        except TypeError as error:
            self._fail(f"{self._doing}{inspect.signature(attribute)}: {error}")

    def arm(self) -> None:
        self._board.at(self._when, self._happen)

    def _happen(self) -> None:
        attribute = getattr(self._chip, self._doing)
        act = partial(setattr, self._chip, self._doing) if not callable(attribute) else attribute
        try:
            act(*self._arguments, **self._named)
        except (TypeError, ValueError) as error:
            self._board.print(f"{self._where}: {error}\n")

    def _fail(self, what: str) -> Any:
        raise BadSetting(f"{self._where}: {what}")


def _doings(chip: Any) -> list[str]:
    """The methods and attributes of a chip that an event may name."""
    names = [name for name in dir(chip) if not name.startswith("_") and name not in NOT_ASKED]
    return [name for name in names if callable(getattr(chip, name)) or _can_be_set(chip, name)]


def _can_be_set(chip: Any, name: str) -> bool:
    declared = getattr(type(chip), name, None)
    if isinstance(declared, property):
        return declared.fset is not None
    return isinstance(getattr(chip, name), bool | int | float)
