"""What holds for every chip: its pins, its state, its end."""

import pytest

from twincore.desktop.board import Board, Line
from twincore.desktop.chips import (
    GPS,
    HD44780,
    HTU21D,
    Button,
    Crossover,
    Encoder,
    HD44780Backpack,
    I2CPair,
    Keypad,
    Loopback,
    NECRemote,
)

pytestmark = pytest.mark.cpython

LINES = ["$GPRMC,120000.00,A,,,,,,,010124,,*00"]
MAKERS = {
    "button": lambda board, other: Button(board, 2, resistor=True),
    "encoder": lambda board, other: Encoder(board, 2, 3),
    "keypad": lambda board, other: Keypad(board, [2, 3], [4, 5]),
    "remote": lambda board, other: NECRemote(board, 2),
    "gps": lambda board, other: GPS(board, LINES, pps=2),
    "htu21d": lambda board, other: HTU21D(board),
    "display": lambda board, other: HD44780(board, 2, 3, [4, 5, 6, 7], rw=8),
    "backpack": lambda board, other: HD44780Backpack(board),
    "loopback": lambda board, other: Loopback(board),
    "crossover": lambda board, other: Crossover(board, 0, other, 1),
    "i2c pair": lambda board, other: I2CPair(board, other, 0x41),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_closed_chip_leaves_nothing_on_the_board(board, make):
    with Board(name="other", time=board.time) as other:
        chip = make(board, other)
        assert board.devices == [chip]
        state = chip.state()
        assert state and all(isinstance(text, str) for pair in state.items() for text in pair)
        chip.close()
        chip.close()
        assert board.devices == []
        assert board.i2c(0).scan() == []
        assert board.uart(0).on_byte == [] and other.uart(1).on_byte == []
        for pin in range(2, 9):  # nobody drives them: the board's own pins decide
            for level in (0, 1):
                board.line(pin).output(level)
                assert board.line(pin).level() == level
            board.line(pin).output(None)
        make(board, other)  # the place is free again; this one is closed with the board


def test_a_pin_that_is_not_there_is_named(board):
    with pytest.raises(ValueError, match="a pico has no pin 'GP99'"):
        Button(board, "GP99")
    assert board.devices == []


def test_a_chip_may_be_wired_to_a_line_that_is_no_pin(board):
    line = Line("a wire", board.time, board.interrupts)
    Button(board, line, bounce_us=0, resistor=True).press()
    assert line.level() == 0


def test_many_boards_with_chips_do_not_disturb_each_other():
    boards = [Board(name=f"board {number}", virtual=True) for number in range(20)]
    try:
        buttons = [Button(board, 2, resistor=True, bounce_us=0) for board in boards]
        for button in buttons[::2]:
            button.press()
        assert [board.line(2).level() for board in boards] == [0, 1] * 10
    finally:
        for board in boards:
            board.close()
