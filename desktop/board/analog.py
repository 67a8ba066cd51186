"""A voltage at a pin of a simulated board, which its ADC reads."""

from __future__ import annotations

from collections.abc import Callable

from .line import Line
from .timekeeper import Timekeeper


class Analog:
    """The voltage at a pin: `value` is 0.0 to 1.0 of the reference, or a function of the time in us that gives it.

    None, as it is at first: that of another pin on its wire, if one has a value, or else what the logic level makes it.
    Any thread.
    """

    def __init__(self, line: Line, time: Timekeeper) -> None:
        self.value: float | Callable[[int], float] | None = None
        self._line = line
        self._time = time
        line.analog = self

    def read(self) -> float:
        """What it is now, 0.0 to 1.0: beyond them the converter is saturated."""
        source: Analog = self
        if self.value is None:
            others = (line.analog for line in self._line.joined())
            source = next((other for other in others if other is not None and other.value is not None), self)
        value = source.value
        if callable(value):
            value = value(source._time.now())
        if value is None:
            value = self._line.level()
        return min(1.0, max(0.0, float(value)))
