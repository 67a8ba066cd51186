"""LCD: a character display with an HD44780 or one of its many likes, on six pins. A task writes what has changed.

    lcd = LCD((16, 17, 18, 19, 20, 21), cols=16)
    lcd[0] = "Hello"

From Hitachi's data sheet ADE-207-272: table 6 for instructions and their times, figure 24 for the initialisation. The
R/W pin is wired to ground, so that the display can't be asked whether it is ready: times are those of the slowest.
"""

from ..core.context import create_task, get_event_loop
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.sleep import sleep, sleep_ms
from ..primitives.calling import end
from .home import check_home

if MICROPYTHON:
    from time import sleep_us, ticks_diff, ticks_us

# Microseconds. The chip's oscillator may run at 190 kHz where the data sheet's times are of one at 270 kHz.
SHORT = 64  # an instruction or a character: 37 at 270 kHz
CLEAR = 2400  # 1520 at 270 kHz
POWER_UP = 50000  # 40 ms after the supply has reached 2.7 V
FIRST, SECOND = 5000, 200  # after the first and the second "8 bits": 4.1 ms and 100 us
COMMAND, DATA = 0, 1  # the level of RS

CLEAR_DISPLAY, ENTRY_MODE, DISPLAY_OFF, DISPLAY_ON, FUNCTION_SET, TWO_LINES = 0x01, 0x06, 0x08, 0x0C, 0x20, 0x08
CGRAM, DDRAM, SECOND_LINE = 0x40, 0x80, 0x40
BLANK = 0x20
DOTS = 8  # rows of them in a character


class LCD:
    """A display of `rows` rows, 1 to 4, of `cols` characters.

    Args: pinlist, the pins of RS, E, D4, D5, D6 and D7: machine.Pins that are outputs, or what machine.Pin calls them;
    cols, up to 20, with 2 rows up to 40, with one up to 80. (A display of one row of 16 is often made as 2 rows of 8.)
    ValueError for sizes that no display has and for other than six pins.

    For tasks of the loop in which it was made. `lcd[row] = text` cuts a longer text off, blanks the rest of the row,
    and returns at once; `lcd[row]` is what the row is to show. chr(0) to chr(7) are those made with `custom`;
    characters above chr(255), which the display can't have, become "?". IndexError for a row that isn't there. A task
    writes what differs from what is displayed, a character at a time: what is replaced before its turn is never seen.
    A display that was unplugged, or lost its power, can't be told from another: call `reset` when it is back.
    After `deinit` RuntimeError.
    """

    def __init__(self, pinlist, cols, rows=2):
        if rows not in (1, 2, 3, 4):
            raise ValueError("a display has 1 to 4 rows, not " + str(rows))
        most = (80, 40, 20, 20)[rows - 1]
        if not isinstance(cols, int) or not 1 <= cols <= most:
            raise ValueError("a display of " + str(rows) + " rows has 1 to " + str(most) + " columns, not " + str(cols))
        pins = tuple(pinlist)
        if len(pins) != 6:
            raise ValueError("pinlist is the 6 pins of RS, E, D4, D5, D6 and D7, not " + str(len(pins)) + " pins")
        pins = [_output(pin) for pin in pins]
        self._rs = pins[0]
        self._e = pins[1]
        self._data = pins[2:]
        self.cols = cols
        self.rows = rows
        self._shown = bytearray(rows * cols)  # by the display; of no meaning before the first clearing
        self._wanted = bytearray([BLANK] * (rows * cols))
        self._own = {}  # number -> its dots: characters of the program's own
        self._customs = {}  # those of them still to be written
        self._anew = True  # the display is to be initialised
        self._clear = True
        self._work = Event()
        self._done = Event()
        self._closed = False
        self._loop = get_event_loop()
        self._task = create_task(self._run())

    def __len__(self):
        return self.rows

    def __setitem__(self, row, text):
        self._check()
        start = self._start(row)
        codes = [_code(character) for character in str(text)[: self.cols]]
        codes += [BLANK] * (self.cols - len(codes))
        self._wanted[start : start + self.cols] = bytes(codes)
        self._begin()

    def __getitem__(self, row):
        start = self._start(row)
        return "".join([chr(code) for code in self._wanted[start : start + self.cols]])

    def custom(self, number, dots):
        """Make chr(number), 0 to 7, a character of the program's own; where it is displayed it changes too.

        Args: dots, eight rows, the top one first, of five bits, the left one highest. ValueError for others.
        """
        self._check()
        dots = list(dots)
        if not isinstance(number, int) or not 0 <= number <= 7:
            raise ValueError("there are characters 0 to 7 of the program's own, not " + str(number))
        if len(dots) != DOTS or not all([isinstance(row, int) and 0 <= row <= 0x1F for row in dots]):
            raise ValueError("a character is 8 rows of 5 bits, 0 to 0x1f, not " + str(dots))
        self._own[number] = self._customs[number] = bytes(dots)
        self._begin()

    def clear(self):
        """Blank all rows, with one instruction."""
        self._check()
        self._wanted[:] = bytes([BLANK] * len(self._wanted))
        self._clear = True
        self._begin()

    def reset(self):
        """Begin anew on a display that has lost what it had: initialise it, and write all again, `custom` included."""
        self._check()
        self._anew = True
        self._begin()

    async def flush(self):
        """Until all that was asked for is displayed. RuntimeError if it ends before."""
        self._check()
        while not self._done.is_set():
            await self._done.wait()
            self._check()

    def deinit(self):
        """End it: no task is left, and the display stays as it is. Again: nothing happens."""
        if not self._closed:
            end(self._task)
            self._close()

    def _close(self):
        self._closed = True
        self._done.set()

    def _check(self):
        if self._closed:
            raise RuntimeError("this LCD was ended by deinit(), or with its loop")
        check_home(self._loop, "this LCD")

    def _start(self, row):
        """The index of the first character of a row; rows count from the end, too, as a list's do."""
        if not -self.rows <= row < self.rows:
            raise IndexError("the display has rows 0 to " + str(self.rows - 1) + ", not " + str(row))
        return row % self.rows * self.cols

    def _begin(self):
        self._done.clear()
        self._work.set()

    # The task

    async def _run(self):
        try:
            while True:
                self._work.clear()  # before the look: what is asked for from here on is looked at again
                if self._anew:
                    self._anew = False
                    await self._initialise()
                    self._customs = dict(self._own)
                await self._update()
                if not self._work.is_set():
                    self._done.set()
                    await self._work.wait()
        finally:
            self._close()

    async def _initialise(self):
        """To a known state from any: after power, or in the middle of what another program wrote."""
        self._e(0)
        self._rs(COMMAND)
        await _pause(POWER_UP)
        for us in (FIRST, SECOND, SECOND):
            self._nibble(3)
            await _pause(us)
        self._nibble(2)  # four bits from here on
        await _pause(SHORT)
        await self._write(COMMAND, FUNCTION_SET | (TWO_LINES if self.rows > 1 else 0))
        await self._write(COMMAND, DISPLAY_OFF)
        await self._blank()
        await self._write(COMMAND, ENTRY_MODE)
        await self._write(COMMAND, DISPLAY_ON)

    async def _update(self):
        if self._clear:
            await self._blank()
        while self._customs:
            number = min(self._customs)
            dots = self._customs.pop(number)
            await self._write(COMMAND, CGRAM | number * DOTS)
            for row in dots:
                await self._write(DATA, row)
        shown, wanted = self._shown, self._wanted
        at = -1  # the index whose address the display is at
        for index in range(len(wanted)):
            if self._clear or self._anew:
                return  # asked for since: that comes first
            if shown[index] != wanted[index]:
                if index != at or index % self.cols == 0:
                    await self._write(COMMAND, DDRAM | self._address(index))
                code = wanted[index]  # now, not before the instruction
                shown[index] = code
                await self._write(DATA, code)
                at = index + 1

    async def _blank(self):
        self._clear = False
        self._shown[:] = bytes([BLANK] * len(self._shown))
        await self._write(COMMAND, CLEAR_DISPLAY, CLEAR)

    def _address(self, index):
        """In the display's memory: of four rows the third is the rest of the first one's line."""
        row, column = index // self.cols, index % self.cols
        return row % 2 * SECOND_LINE + row // 2 * self.cols + column

    async def _write(self, rs, byte, us=SHORT):
        self._rs(rs)
        self._nibble(byte >> 4)
        self._nibble(byte)
        await _pause(us)

    def _nibble(self, bits):
        """The lower four. The display takes them when E falls; it needs less than a Python instruction takes."""
        for pin in self._data:
            pin(bits & 1)
            bits >>= 1
        self._e(1)
        self._e(0)


async def _pause(us):
    """Let other tasks run, for at least `us` microseconds. What is left of a short time then is waited for."""
    if not MICROPYTHON:
        await sleep((us + 1) / 1000000)
    elif us >= 1000:
        await sleep_ms(us // 1000 + 2)  # rounded up; and the first millisecond may be over at once
    else:
        start = ticks_us()
        await sleep_ms(0)
        rest = us - ticks_diff(ticks_us(), start)
        if rest > 0:
            sleep_us(rest)


def _output(pin):
    if callable(pin):
        return pin
    from machine import Pin

    return Pin(pin, Pin.OUT)


def _code(character):
    code = ord(character)
    return code if code < 256 else 0x3F  # "?"
