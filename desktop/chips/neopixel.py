"""A strip of WS2812 LEDs ("NeoPixels"), or of their kin: it reads the lengths of pulses, and keeps the colours.

WorldSemi's data sheet of the WS2812B: a bit is a pulse, high for 0.4 us (a 0) or 0.8 us (a 1) and then low for 0.85 or
0.45 us, each +-0.15 us; a low of 50 us or more ("RES") shows what has come. The WS2811 at 400 kHz has 0.5 or 1.2 us and
2.0 or 1.3 us. An LED takes the first 24 bits that come and passes the others on.

An LED looks at its pin a while after the pulse has begun, so what is between the sheet's limits has a meaning, too:
here what is high for longer than half-way between a 0 and a 1 is a 1. Such pulses are counted, as another strip, or
another day, may read them in another way. A low that is too long only loses time, as programs do that send LED by LED.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from twincore.desktop.board import Board
from twincore.desktop.board.hardware import Alarm

from .chip import Chip, Pin, at_least, line_of

TOLERANCE = 150  # ns


@dataclass(frozen=True)
class Timing:
    """Of one data rate, in ns: how long a 0 and a 1 are high, and the shorter of their lows."""

    zero: int
    one: int
    low: int

    def bit(self, high: float) -> int:
        return 1 if high > (self.zero + self.one) / 2 else 0

    def fits(self, high: float, low: float) -> bool:
        """Whether the data sheet promises that it is understood."""
        return min(abs(high - self.zero), abs(high - self.one)) <= TOLERANCE and low >= self.low - TOLERANCE


TIMINGS = {800: Timing(400, 800, 450), 400: Timing(500, 1200, 1300)}  # by kHz


class NeoPixel(Chip):
    """`count` LEDs in a row. `colours` is what they show, `misfits` how many pulses were outside the sheet's limits.

    Args: order, in which an LED has its colours on the wire, "GRB" as a WS2812, "RGB", "GRBW" with white; khz, 800 or
    400; reset_us, the low that shows what has come: newer sheets ask for 280 us. An LED that no bits have reached
    keeps its colour. Raises ValueError for a pin that isn't there, and for values that make no sense.
    """

    def __init__(
        self, board: Board, pin: Pin, count: int = 1, *, order: str = "GRB", khz: int = 800, reset_us: int = 50
    ) -> None:
        at_least("count", count, 1)
        at_least("reset_us", reset_us, 1)
        if sorted(order) not in (sorted("RGB"), sorted("RGBW")):
            raise ValueError(f'order has each of R, G, B, and W if there is white, as "GRB", not {order!r}')
        if khz not in TIMINGS:
            raise ValueError(f"khz is {' or '.join(map(str, TIMINGS))}, not {khz!r}")
        self.line = line_of(board, pin)
        self.order = order
        self.reset_us = reset_us
        self.colours: list[tuple[int, ...]] = [(0,) * len(order)] * count
        self.misfits = 0
        self.shown = 0  # how often
        self._timing = TIMINGS[khz]
        self._bits: list[int] = []
        self._low_since = 0.0  # us
        self._showing: Alarm | None = None
        self._lock = Lock()  # in real time what shows has a thread of its own
        self.line.on_pulses = self._hear
        super().__init__(board)

    def state(self) -> dict[str, str]:
        misfits = {"pulses outside the limits": f"{self.misfits:,}"} if self.misfits else {}
        return {self.line.name: f"{len(self.colours)} LEDs", "times shown": f"{self.shown:,}", **misfits}

    def _hear(self, pulses: Sequence[tuple[float, float]], began: float, ended: float) -> None:
        rested = began - self._low_since >= self.reset_us
        if self._showing is not None:
            self._showing.cancel()
            if rested:
                self._show()  # it is late
        with self._lock:
            if rested:
                self._bits = []
            for high, low in pulses:
                self.misfits += not self._timing.fits(high, low)
                if len(self._bits) < len(self.colours) * len(self.order) * 8:
                    self._bits.append(self._timing.bit(high))
            self._low_since = ended - pulses[-1][1] / 1000
            self._showing = self.board.at(round(self._low_since + self.reset_us), self._show)

    def _show(self) -> None:
        with self._lock:
            if self._showing is not None:
                self._showing = None
                self._take_over()

    def _take_over(self) -> None:
        colours = list(self.colours)
        size = len(self.order) * 8
        for number in range(len(self._bits) // size):
            bits = self._bits[number * size : (number + 1) * size]
            parts = {colour: _number(bits[place * 8 : place * 8 + 8]) for place, colour in enumerate(self.order)}
            colours[number] = tuple(parts[colour] for colour in "RGBW" if colour in parts)
        self.colours = colours
        self.shown += 1

    def _unwire(self) -> None:
        self.line.on_pulses = None
        if self._showing is not None:
            self._showing.cancel()


def _number(bits: Sequence[int]) -> int:
    """The most significant bit comes first."""
    return int("".join(map(str, bits)), 2)
