"""The HD44780U on pins, against its data sheet: instructions, times, memory, initialisation, both bus widths."""

import pytest

from twincore.desktop.board import ShortCircuit
from twincore.desktop.chips import HD44780

pytestmark = pytest.mark.cpython

RS, E, RW = 2, 3, 4
CLEAR, HOME = 0x01, 0x02


class Program:
    """What a driver on the board does, with as many data pins as the display has."""

    def __init__(self, board, wide):
        self.board = board
        self.data = [board.line(pin) for pin in range(8, 16)][-wide:]
        self.patience = 1  # times what the data sheet asks for at 270 kHz
        self.rs, self.e, self.rw = board.line(RS), board.line(E), board.line(RW)
        for line in (self.rs, self.e, self.rw, *self.data):
            line.output(0)

    def wait(self, us):
        self.board.time.sleep(self.board.time.now() + us)

    def pulse(self, value, rs=0):
        """One rise and fall of E, with as many bits of `value`, the highest first, as there are lines."""
        self.rs.output(rs)
        for number, line in enumerate(self.data):
            line.output(value >> number + 8 - len(self.data) & 1)
        self.e.output(1)
        self.e.output(0)

    def byte(self, value, rs=0, wait=True):
        self.pulse(value, rs)
        if len(self.data) == 4:
            self.pulse(value << 4, rs)
        if wait:
            self.wait(self.patience * (1520 if not rs and value in (1, 2, 3) else 37))

    def text(self, text):
        for character in text:
            self.byte(ord(character) if isinstance(character, str) else character, 1)

    def read(self, rs=0):
        """As the data sheet's figure 9 shows: two halves if there are four lines."""
        for line in self.data:
            line.output(None)
        self.rs.output(rs)
        self.rw.output(1)
        value = 0
        for _ in range(8 // len(self.data)):
            self.e.output(1)
            value = value << 4 | sum(line.level() << number for number, line in enumerate(self.data))
            self.e.output(0)
        self.rw.output(0)
        return value

    def begin(self, function=0x08):
        """Initialisation by instruction, figures 23 and 24, with its waits, and the display on."""
        self.wait(15_000)
        for wait in (4100, 100, 37):
            self.pulse(0x30)
            self.wait(self.patience * wait)
        if len(self.data) == 4:
            self.pulse(0x20)
            self.wait(self.patience * 37)
            self.byte(0x20 | function)
        else:
            self.byte(0x30 | function)
        for instruction in (0x08, CLEAR, 0x06, 0x0C):
            self.byte(instruction)


def made(board, wide=4, rows=2, columns=16, function=0x08, **options):
    display = HD44780(board, RS, E, list(range(8, 16))[-wide:], rw=RW, rows=rows, columns=columns, **options)
    program = Program(board, wide)
    program.begin(function)
    return display, program


@pytest.mark.parametrize("wide", [4, 8])
@pytest.mark.parametrize("reset_works", [True, False])
def test_initialisation_by_instruction_works_whatever_the_state_was(board, wide, reset_works):
    display = HD44780(board, RS, E, list(range(8, 16))[-wide:], rw=RW)
    display.power_up(reset_works)
    program = Program(board, wide)
    program.begin()
    program.text("hello")
    assert display.errors == []
    assert display.text() == ["hello".ljust(16), " " * 16]
    assert display.controller.two_lines and display.controller.eight_bits == (wide == 8)


def test_an_initialisation_without_its_waits_is_told(board):
    display = HD44780(board, RS, E, [12, 13, 14, 15])
    display.power_up()
    Program(board, 4).pulse(0x30)
    assert display.errors == [
        "at 0 us: an instruction came while it is busy with the internal reset, for another 10000 us"
    ]


@pytest.mark.parametrize("wide", [4, 8])
@pytest.mark.parametrize(
    "instruction, us, name",
    [
        (0x01, 1520, "clear display"),
        (0x02, 1520, "return home"),
        (0x06, 37, "entry mode set"),
        (0x0C, 37, "display on/off control"),
        (0x14, 37, "cursor or display shift"),
        (0x40, 37, "set CGRAM address"),
        (0x80, 37, "set DDRAM address"),
    ],
)
def test_each_instruction_keeps_it_busy_as_long_as_table_6_says(board, wide, instruction, us, name):
    display, program = made(board, wide)
    program.byte(instruction, wait=False)
    program.wait(us - 1)
    assert program.read() & 0x80
    program.byte(0x80 | 5, wait=False)  # a microsecond too early: it is lost
    assert len(display.errors) == 1 and f"busy with {name}, for another 1 us" in display.errors[0]
    program.wait(1)
    assert not program.read() & 0x80
    program.byte(0x80 | 5)
    assert len(display.errors) == 1 and program.read() == 5


def test_data_that_comes_while_it_is_busy_is_lost_or_taken_as_asked(board):
    display, program = made(board)
    program.byte(CLEAR, wait=False)
    program.byte(ord("a"), 1, wait=False)
    program.wait(2000)
    assert display.text()[0].strip() == "" and "data came while it is busy" in display.errors[0]
    display.controller.forgiving = True
    program.byte(CLEAR, wait=False)
    program.byte(ord("a"), 1, wait=False)
    assert display.text()[0].strip() == "a" and len(display.errors) == 2


def test_a_slow_oscillator_takes_longer(board):
    display = HD44780(board, RS, E, [12, 13, 14, 15], rw=RW, khz=250)
    program = Program(board, 4)
    program.patience = 2
    program.begin()
    program.byte(0x80, wait=False)
    program.wait(39)
    assert program.read() & 0x80
    program.wait(1)
    assert not program.read() & 0x80  # 40 us at 250 kHz, as the data sheet's example says
    assert display.errors == []


def test_all_rows_are_where_the_datasheet_has_them(board):
    display, program = made(board, rows=4, columns=20)
    for row, address in enumerate((0x00, 0x40, 0x14, 0x54)):
        program.byte(0x80 | address)
        program.text(f"row {row}")
    assert [row.rstrip() for row in display.text()] == ["row 0", "row 1", "row 2", "row 3"]
    assert display.errors == []


@pytest.mark.parametrize("columns, third", [(16, 0x10), (20, 0x14)])
def test_the_third_row_goes_on_where_the_first_ends(board, columns, third):
    display, program = made(board, rows=3, columns=columns)
    program.text("x" * columns + "y")
    assert display.text()[0] == "x" * columns and display.text()[2][0] == "y"
    assert program.read() == third + 1


def test_one_line_has_80_characters_and_a_second_row_shows_nothing(board):
    display, program = made(board, function=0x00)
    program.text("z" * 80)
    assert display.text() == ["z" * 16, " " * 16] and program.read() == 0
    program.byte(0x80 | 0x50)
    assert "no DDRAM address 0x50 with one line" in display.errors[-1]


def test_the_address_goes_from_line_to_line_both_ways(board):
    _, program = made(board)
    for start, entry, end in ((0x27, 0x06, 0x40), (0x67, 0x06, 0x00), (0x00, 0x04, 0x67), (0x40, 0x04, 0x27)):
        program.byte(entry)
        program.byte(0x80 | start)
        program.text("x")
        assert program.read() == end


def test_an_address_between_the_lines_is_an_error(board):
    display, program = made(board)
    program.byte(0x80 | 0x28)
    assert "there is no DDRAM address 0x28 with two lines" in display.errors[0]


def test_text_is_written_backwards_and_the_display_shifts_with_it(board):
    display, program = made(board)
    program.byte(0x80 | 4)
    program.byte(0x04)
    program.text("olleh")
    assert display.text()[0].rstrip() == "hello"
    program.byte(CLEAR)  # which also sets increment
    program.byte(0x80 | 16)
    program.byte(0x07)
    program.text("abc")
    assert display.text()[0] == " " * 13 + "abc"
    assert display.cursor is None
    program.byte(HOME)
    assert display.text()[0] == " " * 16 and program.read() == 0


def test_display_and_cursor_shift(board):
    display, program = made(board)
    program.byte(0x0F)
    program.text("hello")
    assert display.cursor == (0, 5)
    program.byte(0x10)  # the cursor to the left
    assert display.cursor == (0, 4) and program.read() == 4
    program.byte(0x14)
    assert display.cursor == (0, 5)
    program.byte(0x18)  # the display to the left: the cursor goes with it
    assert display.text()[0].rstrip() == "ello" and display.cursor == (0, 4) and program.read() == 5
    program.byte(0x1C)
    program.byte(0x1C)
    assert display.text()[0].rstrip() == " hello"


def test_the_display_is_switched_off_and_keeps_its_text(board):
    display, program = made(board)
    program.text("kept")
    program.byte(0x08)
    assert display.text() == [" " * 16] * 2
    program.byte(0x0C)
    assert display.text()[0].rstrip() == "kept"


def test_characters_of_its_own_are_drawn_and_shown(board):
    display, program = made(board)
    program.byte(0x40 | 8 * 3)
    for row in (0x04, 0x0E, 0x15, 0x04, 0x04, 0x04, 0xFF, 0x00):
        program.byte(row, 1)
    program.byte(0x80)
    program.text([3, 11])
    assert display.custom(3) == ["..#..", ".###.", "#.#.#", "..#..", "..#..", "..#..", "#####", "....."]
    assert display.text()[0][:2] == "\x03\x03" and display.state()["row 0"][:3] == "▒▒ "
    with pytest.raises(ValueError, match="characters 0 to 7"):
        display.custom(8)


def test_its_character_set_is_not_quite_ascii(board):
    display, program = made(board)
    program.text([0x41, 0x5C, 0x7E, 0xDF, 0xB1, 0xE4, 0xF4, 0xFF, 0x80])
    assert display.text()[0].rstrip() == "A¥→ﾟｱμΩ█"


@pytest.mark.parametrize("wide", [4, 8])
def test_what_was_written_can_be_read(board, wide):
    display, program = made(board, wide)
    program.text("AB")
    program.byte(0x80)
    assert program.read(1) == ord("A")
    program.wait(37)
    assert program.read(1) == ord("B")
    program.wait(37)
    assert program.read() == 2 and display.errors == []
    program.text("C")  # its data lines are inputs again
    assert display.text()[0].rstrip() == "ABC"


def test_a_program_that_drives_the_lines_while_it_reads_is_a_short_circuit(board):
    display, program = made(board)
    program.byte(0x80 | 0x0F)
    program.rw.output(1)
    with pytest.raises(ShortCircuit, match=r"of the display at GP1\d drives"):
        for _ in range(2):
            for line in program.data:
                line.output(1)
            program.e.output(1)
            program.e.output(0)
    assert display.text()[0].strip() == ""


def test_zero_is_no_instruction(board):
    display, program = made(board)
    program.byte(0x00)
    assert display.errors[-1].endswith("0x00 is no instruction")


def test_it_hears_nothing_when_it_is_closed(board):
    display, program = made(board)
    display.close()
    program.text("x")
    assert display.text()[0].strip() == "" and display.errors == []


@pytest.mark.parametrize(
    "wrong", [{"rows": 5}, {"columns": 17}, {"khz": 1000}, {"data": [8, 9]}, {"data": [8, 9, 10, 2]}]
)
def test_what_makes_no_sense_is_refused(board, wrong):
    with pytest.raises(ValueError):
        HD44780(board, RS, E, **{"data": [8, 9, 10, 11], **wrong})
    assert board.devices == []
