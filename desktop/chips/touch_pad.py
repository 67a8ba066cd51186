"""A touch pad: a piece of copper at a pin, and a resistor to ground that discharges it when the pin lets go."""

from __future__ import annotations

from twincore.desktop.board import Board, Line

from .chip import Chip, Pin, at_least, line_of


class TouchPad(Chip):
    """A pad that stays high for a while when the pin has driven it high and then lets go; longer if it is touched.

    Args: untouched_us, touched_us, that while; a pad of 10 pF and a finger of as much again discharge through 1 Mohm
    in some 11 and 22 us. On the emulated board fractions count; on a simulated one they are rounded.
    Raises ValueError for a pin that isn't there, and for times of less than 0 or less touched than not.
    For an RP2: what an ESP32 measures at its own pads is the voltage of the pin, `[adc]` in a `board.toml`.
    """

    def __init__(self, board: Board, pin: Pin, *, untouched_us: float = 11.0, touched_us: float = 22.0) -> None:
        at_least("untouched_us", untouched_us, 0)
        at_least("touched_us", touched_us, untouched_us)
        self.line = line_of(board, pin)
        self.untouched_us = untouched_us
        self.touched_us = touched_us
        self.touched = False
        self._order = 0  # number of the touch that was asked for last: what was asked for before is off
        self._driven = 0  # how often the pin began or ended to drive
        self._resistor = Line("a touch pad", board.time, board.interrupts)
        self._resistor.pull(0)
        self._resistor.link(self.line)
        self.line.on_output = self._pin_drives
        super().__init__(board)

    def touch(self, ms: float | None = None) -> None:
        """Put a finger on it now, for `ms`, or until `release`."""
        if ms is not None:
            at_least("ms", ms, 0)
        self._order += 1
        self.touched = True
        if ms is not None:
            self.board.at(self.board.time.now() + round(ms * 1000), self._lift, self._order)

    def release(self) -> None:
        """Take the finger away now."""
        self._order += 1
        self.touched = False

    def state(self) -> dict[str, str]:
        return {self.line.name: "touched" if self.touched else "untouched"}

    def _lift(self, order: int) -> None:
        if order == self._order:
            self.touched = False

    def _pin_drives(self, level: int | None) -> None:
        self._driven += 1
        if level is not None:
            self._resistor.pull(None)  # a charge stays when the pin lets go, until it is gone
        elif self.line.level():
            self.board.after(self.touched_us if self.touched else self.untouched_us, self._discharged, self._driven)
        else:
            self._resistor.pull(0)

    def _discharged(self, driven: int) -> None:
        if driven == self._driven and not self.closed:
            self._resistor.pull(0)

    def _unwire(self) -> None:
        self.release()
        self._resistor.pull(None)
        self._resistor.unlink(self.line)
        self.line.on_output = None
