"""What an HD44780U does with the instructions and data that its bus brings: no wires here, and no thread.

From its data sheet (Hitachi ADE-207-272): table 6, "Instructions" with execution times; "Display Data RAM" with the
addresses of one and two lines; "Reset Function" for what power brings; "Initializing by Instruction", figures 23 and
24, for what a chip needs that was not reset; "Interfacing to the MPU" for the order of nibbles. Not modelled: tADD (the
address counter follows 4 us after the busy flag), the 5 x 10 font, and that N and F can't be changed a second time.
"""

from __future__ import annotations

SHORT, LONG = 37, 1520  # us, at 270 kHz
RESET = 10_000  # us after power
NOMINAL = 270  # kHz


class Controller:
    """The chip. Times `when` are in us and must not run backwards; who calls sees to it that calls don't overlap.

    `errors` tells what was done to it that the data sheet forbids. What comes while it is busy is an error, and is
    lost, as with a chip, or is executed if `forgiving`.
    """

    def __init__(self, *, khz: float = NOMINAL, forgiving: bool = False) -> None:
        if not 190 <= khz <= 350:
            raise ValueError(f"the oscillator of an HD44780U runs at 190 to 350 kHz, not {khz!r}")
        self.errors: list[str] = []
        self.forgiving = forgiving
        self._khz = khz
        self.power_up(-RESET * NOMINAL)  # long ago

    def power_up(self, when: int, reset_works: bool = True) -> None:
        """Power comes. If it rises too slowly the reset circuit fails, and the state is as bad as it can be."""
        self.ddram = bytearray(b" " * 128)  # by address: with one line 80 are there, with two 40 at 0 and 40 at 0x40
        self.cgram = bytearray(64)
        self.address = 0  # the address counter
        self.in_cgram = False  # it is one of the CGRAM
        self.increment = 1
        self.shifts_on_write = False
        self.on = self.underline = self.blinks = False
        self.two_lines = False
        self.eight_bits = True
        self.shift = 0  # so many characters the display has moved to the left
        self.instructions = 0  # executed
        self._high: int | None = None  # the nibble that came, of two
        self._low: int | None = None  # the nibble that is still to be read
        self._refused = False
        self._doing = "the internal reset"
        self.busy_until = when + self._scaled(RESET)
        if not reset_works:
            self.eight_bits = False
            self._high = 0  # it waits for a second nibble, and takes the first that comes for it
            self.busy_until = when

    # The bus

    def written(self, rs: int, lines: int, when: int) -> None:
        """E fell with R/W low and these levels on D7 to D0."""
        if self.eight_bits:
            self._refused = self._is_refused(rs, when)
            self._take(rs, lines, when)
        elif self._high is None:
            self._refused = self._is_refused(rs, when)
            self._high = lines >> 4
        else:
            byte, self._high = self._high << 4 | lines >> 4, None
            self._take(rs, byte, when)

    def read(self, rs: int, when: int) -> int:
        """E rose with R/W high: the levels that the chip puts on D7 to D0."""
        if self._low is not None:
            byte, self._low = self._low, None
            return byte << 4
        byte = self._read_data(when) if rs else (0x80 if when < self.busy_until else 0) | self.address
        if not self.eight_bits:
            self._low = byte & 0x0F
        return byte

    def _read_data(self, when: int) -> int:
        if self._is_refused(1, when, "read"):
            return 0
        byte = self.cgram[self.address & 0x3F] if self.in_cgram else self.ddram[self.address]
        self._step(self.increment)
        self._work("reading data", SHORT, when)
        return byte

    def _is_refused(self, rs: int, when: int, verb: str = "came") -> bool:
        left = self.busy_until - when
        if left <= 0:
            return False
        what = f"data {verb}" if rs else f"an instruction {verb}"
        self._error(when, f"{what} while it is busy with {self._doing}, for another {left} us")
        return not self.forgiving

    def _error(self, when: int, text: str) -> None:
        self.errors.append(f"at {when} us: {text}")

    # Instructions

    def _take(self, rs: int, byte: int, when: int) -> None:
        if self._refused:
            return
        self.instructions += 1
        if rs:
            self._write_data(byte, when)
        elif byte & 0x80:
            self._set_ddram(byte & 0x7F, when)
        elif byte & 0x40:
            self.in_cgram = True
            self.address = byte & 0x3F
            self._work("set CGRAM address", SHORT, when)
        elif byte & 0x20:
            self._function_set(byte, when)
        elif byte & 0x10:
            self._move(display=bool(byte & 0x08), right=bool(byte & 0x04))
            self._work("cursor or display shift", SHORT, when)
        elif byte & 0x08:
            self.on, self.underline, self.blinks = (bool(byte & bit) for bit in (0x04, 0x02, 0x01))
            self._work("display on/off control", SHORT, when)
        elif byte & 0x04:
            self.increment = 1 if byte & 0x02 else -1
            self.shifts_on_write = bool(byte & 0x01)
            self._work("entry mode set", SHORT, when)
        elif byte & 0x02:
            self._home()
            self._work("return home", LONG, when)
        elif byte & 0x01:
            self.ddram[:] = b" " * len(self.ddram)
            self.increment = 1
            self._home()
            self._work("clear display", LONG, when)
        else:
            self._error(when, "0x00 is no instruction")

    def _work(self, doing: str, us: int, when: int) -> None:
        self._doing = doing
        self.busy_until = max(when, self.busy_until) + self._scaled(us)

    def _scaled(self, us: int) -> int:
        return round(us * NOMINAL / self._khz)

    def _home(self) -> None:
        self.in_cgram = False
        self.address = 0
        self.shift = 0

    def _set_ddram(self, address: int, when: int) -> None:
        if not self._exists(address):
            lines = "two lines" if self.two_lines else "one line"
            self._error(when, f"there is no DDRAM address {address:#04x} with {lines}")
        self.in_cgram = False
        self.address = address
        self._work("set DDRAM address", SHORT, when)

    def _function_set(self, byte: int, when: int) -> None:
        self.eight_bits = bool(byte & 0x10)
        self.two_lines = bool(byte & 0x08)
        self._high = self._low = None
        self._work("function set", SHORT, when)

    def _write_data(self, byte: int, when: int) -> None:
        if self.in_cgram:
            self.cgram[self.address & 0x3F] = byte & 0x1F
        else:
            self.ddram[self.address] = byte
            if self.shifts_on_write:
                self._shift_display(self.increment)
        self._step(self.increment)
        self._work("writing data", SHORT, when)

    def _move(self, display: bool, right: bool) -> None:
        if display:
            self._shift_display(-1 if right else 1)
        else:
            self._step(1 if right else -1)

    def _shift_display(self, left: int) -> None:
        self.shift = (self.shift + left) % (40 if self.two_lines else 80)

    def _exists(self, address: int) -> bool:
        return address & 0x3F < 40 if self.two_lines else address < 80

    def _step(self, by: int) -> None:
        """The next address, or the one before: from the end of a line to the beginning of the other, or of the same."""
        if self.in_cgram:
            self.address = (self.address + by) & 0x3F
            return
        if not self.two_lines:
            self.address = (self.address + by) % 80
            return
        place = (self.address >> 6) * 40 + min(self.address & 0x3F, 39)
        place = (place + by) % 80
        self.address = place if place < 40 else 0x40 + place - 40
