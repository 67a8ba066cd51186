"""Wires that are taken away again: what stays joined, and who is told of what changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board import Board, ShortCircuit

pytestmark = pytest.mark.cpython


@pytest.fixture
def board():
    with Board() as board:
        yield board


def test_each_goes_back_to_what_drives_it(board):
    a, b = board.line(1), board.line(2)
    b.pull(1)
    a.output(0)
    a.link(b)
    assert b.level() == 0
    b.unlink(a)
    assert (a.level(), b.level()) == (0, 1)


def test_another_wire_or_a_way_round_still_joins_them(board):
    a, b, c = (board.line(pin) for pin in (1, 2, 3))
    a.link(b)
    a.link(b)
    b.link(c)
    c.link(a)
    a.unlink(b)
    a.unlink(b)
    a.output(1)
    assert b.level() == 1
    b.unlink(c)
    a.output(0)
    assert (b.level(), c.level()) == (1, 0)


def test_only_the_lines_whose_level_changes_have_an_edge(board):
    a, b = board.line(1), board.line(2)
    a.output(0)
    b.pull(1)
    seen = []
    a.watch(lambda level, when: seen.append(("a", level)))
    b.watch(lambda level, when: seen.append(("b", level)))
    for one, other in ((a, b), (b, a)):
        one.link(other)
        one.unlink(other)
    assert seen == [("b", 0), ("b", 1)] * 2


def test_a_wire_that_is_not_there_or_could_not_be_made_is_named(board):
    a, b = board.line(1), board.line(2)
    with pytest.raises(ValueError, match="no wire goes from GP1 to GP2"):
        a.unlink(b)
    a.output(0)
    b.output(1)
    with pytest.raises(ShortCircuit):
        a.link(b)
    with pytest.raises(ValueError):
        a.unlink(b)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=30), st.integers(0, 5))
def test_lines_are_joined_exactly_if_wires_lead_from_one_to_the_other(changes, driven):
    wires = []
    with Board() as board:
        lines = [board.line(pin) for pin in range(6)]
        for line in lines:
            line.pull(0)
        for make, one, other in changes:
            if make:
                lines[one].link(lines[other])
                wires.append({one, other})
            elif {one, other} in wires:
                lines[one].unlink(lines[other])
                wires.remove({one, other})
        lines[driven].output(1)
        reached = {driven}
        for _ in lines:
            reached |= {end for wire in wires if wire & reached for end in wire}
        assert {number for number, line in enumerate(lines) if line.level()} == reached
