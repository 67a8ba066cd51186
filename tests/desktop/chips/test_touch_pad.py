"""A touch pad: for how long it keeps what the pin has charged it with."""

import pytest

from twincore.desktop.chips import TouchPad

pytestmark = pytest.mark.cpython


def test_it_falls_when_the_pin_has_let_go_and_later_if_it_is_touched(board, until, edges):
    pad = TouchPad(board, "GP2", untouched_us=10.6, touched_us=25)
    line = board.line("GP2")
    assert line.level() == 0
    seen = edges(2)
    line.output(1)
    until(99)
    line.output(None)
    until(199)
    pad.touch()
    line.output(1)
    line.output(None)
    until(300)
    assert seen == [(0, 1), (111, 0), (200, 1), (225, 0)]


def test_what_is_driven_again_does_not_fall_and_what_was_low_stays_low(board, until, edges):
    TouchPad(board, 2)
    line = board.line(2)
    seen = edges(2)
    line.output(1)
    line.output(None)
    until(5)
    line.output(1)
    until(49)
    line.output(0)
    line.output(None)
    until(100)
    assert seen == [(0, 1), (50, 0)]


def test_a_finger_for_a_time_and_one_that_stays(board, until):
    pad = TouchPad(board, 2)
    pad.touch(20)
    assert pad.touched and pad.state() == {"GP2": "touched"}
    until(20_000)
    assert not pad.touched and pad.state() == {"GP2": "untouched"}
    pad.touch(20)
    pad.touch()
    until(100_000)
    assert pad.touched
    pad.release()
    assert not pad.touched


def test_taken_off_the_board_the_pin_keeps_its_level(board, until):
    pad = TouchPad(board, 2)
    line = board.line(2)
    line.output(1)
    line.output(None)
    pad.close()
    until(1000)
    assert line.level() == 1
    line.output(0)
    assert line.level() == 0


def test_values_that_make_no_sense_are_refused(board):
    with pytest.raises(ValueError, match="untouched_us is 0 or more"):
        TouchPad(board, 2, untouched_us=-1)
    with pytest.raises(ValueError, match=r"touched_us is 30.* or more"):
        TouchPad(board, 2, untouched_us=30, touched_us=22)
    with pytest.raises(ValueError, match="ms is 0 or more"):
        TouchPad(board, 2).touch(-1)
