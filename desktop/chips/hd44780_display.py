"""CharacterDisplay: the glass of an HD44780U display, whichever way the chip is connected."""

from __future__ import annotations

from twincore.desktop.board import Board

from .chip import Chip
from .hd44780_core import NOMINAL, Controller

BLANK = " "
# ROM code A00 (data sheet, table 4) where it differs from ASCII. 0xa1 to 0xdf are the katakana of JIS X 0201; of the
# last two columns, the nearest character that Unicode has.
_A00 = {0x5C: "¥", 0x7E: "→", 0x7F: "←"} | {code: chr(0xFF61 + code - 0xA1) for code in range(0xA1, 0xE0)}
_A00 |= dict(enumerate("αäβεμσρg√⁻jˣ¢£ñöpqθ∞ΩüΣπxy千万円÷", 0xE0)) | {0xFF: "█"}  # noqa: RUF001


def character(code: int) -> str:
    """What is shown for a code: chr(0) to chr(7) for the program's own eight, which have the codes 8 to 15, too."""
    if code < 0x10:
        return chr(code & 7)
    if code in _A00:
        return _A00[code]
    return chr(code) if 0x20 <= code < 0x7E else BLANK


class CharacterDisplay(Chip):
    """A display of 1 to 4 rows and 16 or 20 columns. Use HD44780 or HD44780Backpack.

    Args: khz, of the chip's oscillator, on which its speed depends; forgiving, what comes while it is busy is executed
    all the same. Either way it is in `errors`. Raises ValueError for a size that there is not.
    """

    def __init__(
        self, board: Board, rows: int, columns: int, khz: float = NOMINAL, forgiving: bool = False
    ) -> None:
        if rows not in (1, 2, 3, 4):
            raise ValueError(f"a display has 1 to 4 rows, not {rows!r}")
        if columns not in (16, 20):
            raise ValueError(f"a display has 16 or 20 columns, not {columns!r}")
        self.rows = rows
        self.columns = columns
        self.controller = Controller(khz=khz, forgiving=forgiving)
        super().__init__(board)

    @property
    def errors(self) -> list[str]:
        """What was done to the chip that its data sheet forbids, each with its time."""
        return self.controller.errors

    def power_up(self, reset_works: bool = True) -> None:
        """Take the power away and give it back, now. The chip is busy for 10 ms then.

        `reset_works`: the supply rises as fast as the reset circuit needs it. Else only an initialisation by
        instruction, with its waiting times, brings the chip to a known state.
        """
        self.controller.power_up(self.board.time.now(), reset_works)

    def text(self) -> list[str]:
        """What can be read on it, row by row, as long as the row is; chr(0) to chr(7) are the program's own characters.

        Rows 3 and 4 are the rest of lines 1 and 2, as on all displays of that size.
        """
        if not self.controller.on:
            return [BLANK * self.columns] * self.rows
        return ["".join(map(self._at, self._places(row))) for row in range(self.rows)]

    def custom(self, number: int) -> list[str]:
        """The program's own character, 0 to 7, as it is drawn: eight strings of five, "#" a dot that is on."""
        if not 0 <= number <= 7:
            raise ValueError(f"there are characters 0 to 7 of the program's own, not {number!r}")
        dots = self.controller.cgram[8 * number : 8 * number + 8]
        return [f"{row:05b}".replace("0", ".").replace("1", "#") for row in dots]

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Row and column where the cursor is seen, None if it is not."""
        chip = self.controller
        if not chip.on or not (chip.underline or chip.blinks) or chip.in_cgram:
            return None
        for row in range(self.rows):
            places = self._places(row)
            if chip.address in places:
                return row, places.index(chip.address)
        return None

    def state(self) -> dict[str, str]:
        rows = {f"row {number}": row.translate(_VISIBLE) for number, row in enumerate(self.text())}
        return {**rows, "errors": str(len(self.errors))} if self.errors else rows

    def _places(self, row: int) -> list[int | None]:
        """The addresses of what a row shows; None: nothing is there."""
        chip = self.controller
        line, part = row % 2, row // 2
        if line and not chip.two_lines:
            return [None] * self.columns
        length = 40 if chip.two_lines else 80
        first = part * self.columns + chip.shift
        return [0x40 * line + (first + column) % length for column in range(self.columns)]

    def _at(self, address: int | None) -> str:
        return BLANK if address is None else character(self.controller.ddram[address])


_VISIBLE = {number: "▒" for number in range(8)}
