"""WireSensor: what sensors of temperature have in common that talk on one wire, pulled up by a resistor."""

from __future__ import annotations

from collections.abc import Callable

from twincore.desktop.board import Board, Line

from .chip import Chip, Measured, Pin, as_measured, at_time, line_of


class WireSensor(Chip):
    """The sensor at `pin`, called `by`, with a resistor of the wire to the supply. A subclass has `_edge(level, when)`.

    `silent` may be set: it does not answer. ValueError for a pin that isn't there, TypeError for another temperature.
    """

    def __init__(self, board: Board, pin: Pin, temperature: Measured, by: str) -> None:
        self._temperature = as_measured("temperature", temperature)
        self.line = line_of(board, pin)
        self.silent = False
        self._by = by
        self._resistor = Line(f"the resistor of {by}", board.time, board.interrupts)
        self._resistor.pull(1)
        self.line.link(self._resistor)  # in this order it is stronger than the pin's own
        self.line.watch(self._edge)
        super().__init__(board)

    @property
    def temperature(self) -> float:
        """What it measures now; set it to a number or a function of the time in us."""
        return at_time(self._temperature, self.board.time.now())

    @temperature.setter
    def temperature(self, value: Measured) -> None:
        self._temperature = as_measured("temperature", value)

    def _edge(self, level: int, when: int) -> None:
        raise NotImplementedError

    def _at(self, when: int, act: Callable[[], None]) -> None:
        self.board.at(when, lambda: None if self.closed else act())

    def _unwire(self) -> None:
        self.line.unwatch(self._edge)
        self.line.drive(None, by=self._by)
        self._resistor.pull(None)
        self.line.unlink(self._resistor)
