"""Chip: what all simulated chips have in common, and how they find the pins that they are wired to."""

from __future__ import annotations

import math
from collections.abc import Callable

from twincore.desktop.board import Board, Line

Pin = str | int | Line  # a pin of the board by name or number, or any line
SharedPin = Pin  # one with a bus, at which there may be more chips
Measured = float | Callable[[int], float]  # what a sensor measures: the same for ever, or a function of the time in us


class Chip:
    """One chip, button or the like, wired to `board`, which closes it when it is closed itself. Any thread.

    For those who write one: call this from the end of `__init__`, when nothing can fail any more; override `_unwire`.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.name = type(self).__name__  # for messages and panels; may be changed
        self.closed = False
        board.devices.append(self)

    def state(self) -> dict[str, str]:
        """What there is to see of it, for a panel: what it is called -> how it is."""
        return {}

    def close(self) -> None:
        """Take it off the board: it drives nothing and hears nothing any more. Again: nothing happens."""
        if self.closed:
            return
        self.closed = True
        if self in self.board.devices:
            self.board.devices.remove(self)
        self._unwire()

    def _unwire(self) -> None:
        """Let go of all lines, buses and alarms."""


def line_of(board: Board, pin: Pin) -> Line:
    """The line that is meant by `pin`. ValueError if the board has no such pin."""
    return pin if isinstance(pin, Line) else board.line(pin)


def as_measured(what: str, value: Measured) -> Measured:
    """`value`, called `what`. ValueError if it is neither a number nor a function."""
    if callable(value) or (isinstance(value, int | float) and math.isfinite(value)):
        return value
    raise ValueError(f"{what} is a number, or a function of the time in us, not {value!r}")


def at_time(measured: Measured, now: int) -> float:
    """What is measured at `now`, in us."""
    return float(measured(now) if callable(measured) else measured)


def at_least(what: str, value: float, least: float) -> None:
    """ValueError if `value`, which is called `what`, is less; TypeError if it is no number."""
    if not isinstance(value, int | float):
        raise TypeError(f"{what} is a number, not {value!r}")
    if not value >= least:  # so that a NaN is refused too
        raise ValueError(f"{what} is {least} or more, not {value!r}")
