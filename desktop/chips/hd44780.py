"""An HD44780U display on pins of the board: RS, E, R/W if it is wired, and four or eight data lines.

It reads its lines when E falls, and drives the data lines while E is high and R/W is: data sheet, "Timing
Characteristics", figures 25 and 26. The times there are below a microsecond and are not checked. The execution times
are: see `hd44780_core`.
"""

from __future__ import annotations

from collections.abc import Sequence

from twincore.desktop.board import Board, Line, ShortCircuit

from .chip import Pin, line_of
from .hd44780_core import NOMINAL
from .hd44780_display import CharacterDisplay

UNWIRED = 0x0F  # D3 to D0 if there are four data lines: the chip pulls its inputs up


class HD44780(CharacterDisplay):
    """The display. `text()` is what can be read on it, `errors` what was done wrong.

    Args: rs, e, rw, the pins of these lines; rw None: it is wired to ground, so that nothing can be read; data, the
    pins of D4 to D7, or of D0 to D7; the others as for CharacterDisplay. It has had its power for a while: see
    `power_up`. Raises ValueError for pins that aren't there or are there twice.
    """

    def __init__(
        self,
        board: Board,
        rs: Pin,
        e: Pin,
        data: Sequence[Pin],
        *,
        rw: Pin | None = None,
        rows: int = 2,
        columns: int = 16,
        khz: float = NOMINAL,
        forgiving: bool = False,
    ) -> None:
        if len(data) not in (4, 8):
            raise ValueError(f"there are 4 data lines, D4 to D7, or 8, not {len(data)}")
        self._rs, self._e = line_of(board, rs), line_of(board, e)
        self._rw = None if rw is None else line_of(board, rw)
        self._data = [line_of(board, pin) for pin in data]
        lines: list[Line] = [self._rs, self._e, *self._data, *([] if self._rw is None else [self._rw])]
        twice = [line.name for line in lines if lines.count(line) > 1]
        if twice:
            raise ValueError(f"{twice[0]} is wired to more than one pin of the display")
        self._reading = False
        self._driven = [f"D{8 - len(self._data) + number} of the display" for number in range(len(self._data))]
        super().__init__(board, rows, columns, khz, forgiving)
        self._e.watch(self._strobe)

    def _strobe(self, level: int, when: int) -> None:
        if level:
            self._reading = self._rw is not None and self._rw.level() == 1
            if self._reading:
                self._show(self.controller.read(self._rs.level(), when))
        elif self._reading:
            self._let_go()
        else:
            self.controller.written(self._rs.level(), self._levels(), when)

    def _levels(self) -> int:
        value = 0
        for number, line in enumerate(self._data):
            value |= line.level() << number
        return value if len(self._data) == 8 else value << 4 | UNWIRED

    def _show(self, value: int) -> None:
        if len(self._data) == 4:
            value >>= 4
        try:
            for number, line in enumerate(self._data):
                line.drive(value >> number & 1, by=self._driven[number])
        except ShortCircuit:  # the board did not make its pins inputs
            self._let_go()
            raise

    def _let_go(self) -> None:
        for number, line in enumerate(self._data):
            line.drive(None, by=self._driven[number])

    def _unwire(self) -> None:
        self._e.unwatch(self._strobe)
        self._let_go()
