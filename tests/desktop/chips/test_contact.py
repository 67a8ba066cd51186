"""Contacts: they bounce within their time, and end where they moved to."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board import Board
from twincore.desktop.chips.contact import Contact, bounce_times

pytestmark = pytest.mark.cpython


@given(st.integers(), st.integers(0, 5000), st.integers(0, 50))
def test_a_bounce_is_an_even_number_of_times_within_its_limit(seed, within, most):
    times = bounce_times(Random(seed), within, most)
    assert len(times) % 2 == 0 and len(times) <= 2 * most
    assert times == sorted(set(times))
    assert all(1 <= time <= within for time in times)


@given(st.integers(0, 100), st.lists(st.tuples(st.booleans(), st.integers(0, 3000)), min_size=1, max_size=12))
def test_the_last_movement_decides_whatever_bounces_are_still_to_come(seed, movements):
    states = []
    with Board(virtual=True) as board, board.core("test"):
        contact = Contact(board, states.append, 2000, 5, Random(seed))
        for closed, pause in movements:
            settled = contact.move(closed)
            assert settled <= board.time.now() + 2000
            board.time.sleep(board.time.now() + pause)
        board.time.sleep(board.time.now() + 2001)
    last = movements[-1][0]
    assert contact.closed == last
    assert (states[-1] if states else False) == last


def test_the_same_seed_bounces_the_same():
    assert bounce_times(Random(3), 2000, 5) == bounce_times(Random(3), 2000, 5)
    assert len({tuple(bounce_times(Random(seed), 2000, 5)) for seed in range(20)}) > 10


def test_a_movement_that_can_not_be_made_was_not_made():
    def fail(closed):
        raise RuntimeError("no")

    with Board(virtual=True) as board:
        contact = Contact(board, fail, 0, 0, Random(0))
        with pytest.raises(RuntimeError):
            contact.move(True)
        assert not contact.closed
