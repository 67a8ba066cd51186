"""A voltage at a pin of a simulated board, which its ADC reads."""

from __future__ import annotations

from collections.abc import Callable

from .line import Line
from .timekeeper import Timekeeper


class Analog:
    """The voltage at a pin: `value` is 0.0 to 1.0 of the reference, or a function of the time in us that gives it.

    None, as it is at first: what the pin's logic level makes it. Any thread.
    """

    def __init__(self, line: Line, time: Timekeeper) -> None:
        self.value: float | Callable[[int], float] | None = None
        self._line = line
        self._time = time

    def read(self) -> float:
        """What it is now, 0.0 to 1.0: beyond them the converter is saturated."""
        value = self.value
        if callable(value):
            value = value(self._time.now())
        if value is None:
            value = self._line.level()
        return min(1.0, max(0.0, float(value)))
