"""Analog: the voltage at a pin, as a number, a function of time, or what the level makes it."""

import pytest

from twincore.desktop.board import Board

pytestmark = pytest.mark.cpython


def test_what_it_reads():
    with Board(virtual=True) as board:
        voltage = board.analog(26)
        assert voltage is board.analog("GP26")
        assert voltage.read() == 0.0
        board.line(26).drive(1)
        assert voltage.read() == 1.0
        for value, expected in ((0.25, 0.25), (3, 1.0), (-1, 0.0), (lambda us: 0.5 + us, 0.5)):
            voltage.value = value
            assert voltage.read() == expected
        with pytest.raises(ValueError, match="no pin 'A0'"):
            board.analog("A0")
