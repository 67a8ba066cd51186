"""A matrix keypad: a pressed key is a piece of wire."""

import pytest

from twincore.desktop.board import ShortCircuit
from twincore.desktop.chips import Keypad

pytestmark = pytest.mark.cpython


@pytest.fixture
def pad(board):
    """Rows GP2, GP3; columns GP6, GP7, GP8, pulled up."""
    for pin in (6, 7, 8):
        board.line(pin).pull(1)
    return Keypad(board, [2, 3], [6, 7, 8], labels="123456")


def scan(board):
    """As a driver with open-drain rows does: the keys (row, column) that seem pressed."""
    found = []
    for number, row in enumerate((2, 3)):
        board.line(row).output(0)
        found += [(number, column) for column, pin in enumerate((6, 7, 8)) if board.line(pin).level() == 0]
        board.line(row).output(None)
    return found


def test_a_scan_finds_the_keys_that_are_pressed(board, pad):
    assert scan(board) == []
    pad.press("5")
    assert scan(board) == [(1, 1)]
    pad.press("3")
    assert scan(board) == [(0, 2), (1, 1)] and pad.pressed() == ["3", "5"]
    pad.release("5")
    assert scan(board) == [(0, 2)]
    pad.release()
    assert scan(board) == [] and pad.pressed() == []


def test_three_keys_of_a_rectangle_make_a_ghost(board, pad):
    for key in "124":
        pad.press(key)
    assert scan(board) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    pad.release("1")
    assert scan(board) == [(0, 1), (1, 0)]


def test_a_key_makes_an_edge_on_the_line_whose_level_changes_and_on_no_other(board, pad, edges):
    board.line(2).output(0)
    row, column = edges(2), edges(6)
    pad.press("1")
    assert column == [(0, 0)] and row == []
    pad.release("1")
    assert column == [(0, 0), (0, 1)] and row == []


def test_outputs_that_disagree_are_a_short_circuit(board, pad):
    board.line(2).output(0)
    board.line(3).output(1)
    pad.press("1")
    with pytest.raises(ShortCircuit, match="GP2 drives low and the output GP3 drives high"):
        pad.press("4")
    assert pad.pressed() == ["1"]
    board.line(3).output(None)
    pad.press("4")
    with pytest.raises(ShortCircuit):
        board.line(3).output(1)


def test_keys_by_place_bounce_too(board, until, edges):
    board.line(4).pull(1)
    board.line(2).output(0)
    pad = Keypad(board, [2], [4], bounce_us=1000, bounces=8, seed=1)
    seen = edges(4)
    settled = pad.press((0, 0))
    until(settled)
    assert len(seen) >= 3 and seen[-1] == (settled, 0)
    until(pad.release((0, 0)))
    assert board.line(4).level() == 1


def test_a_click_is_as_long_as_asked_for(board, pad, until, edges):
    board.line(3).output(0)
    seen = edges(8)
    until(pad.click("6", 30))
    assert seen == [(0, 0), (30_000, 1)]
    with pytest.raises(ValueError, match="ms is 0 or more"):
        pad.click("6", -1)


def test_what_makes_no_sense_is_refused(board, pad):
    with pytest.raises(ValueError, match="no key '9': it has 1 2 3 4 5 6"):
        pad.press("9")
    with pytest.raises(ValueError, match="2 rows and 3 columns"):
        pad.release((2, 0))
    with pytest.raises(ValueError, match="one row and one column"):
        Keypad(board, [], [4])
    with pytest.raises(ValueError, match="GP4 has more than one wire"):
        Keypad(board, [2, 4], [4])
    with pytest.raises(ValueError, match="needs 2 different labels"):
        Keypad(board, [2], [4, 5], labels="aa")
