"""What the tests of the simulated chips share: a board in virtual time, in which the test is one of its programs."""

import pytest

from twincore.desktop.board import Board


@pytest.fixture
def board():
    """A board whose time stands still while the test computes, and jumps while it sleeps."""
    said = []
    with Board(virtual=True, output=said.append) as board, board.core("test", main=True):
        board.said = said  # what went wrong in its hardware
        yield board
        assert not said, said


@pytest.fixture
def until(board):
    """A function that lets the board go on until that time; what is due then has happened."""

    def wait(when):
        board.time.sleep(when + 1)

    return wait


@pytest.fixture
def edges(board):
    """A function that begins to note the edges of a line: a list of (time, level)."""

    def record(pin):
        seen = []
        line = pin if hasattr(pin, "watch") else board.line(pin)
        line.watch(lambda level, when: seen.append((when, level)))
        return seen

    return record
