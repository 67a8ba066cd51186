"""A rotary encoder: the order of its edges, its pace, its bounces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board import Board
from twincore.desktop.chips import Encoder

pytestmark = pytest.mark.cpython


def test_clockwise_a_leads_at_the_pace_asked_for(board, until, edges):
    encoder = Encoder(board, 2, 3, bounce_us=0)
    a, b = edges(2), edges(3)
    until(encoder.turn(1, rate=10))
    assert a == [(25_000, 0), (75_000, 1)]
    assert b == [(50_000, 0), (100_000, 1)]
    assert encoder.position == 1


def test_the_other_way_b_leads(board, until, edges):
    encoder = Encoder(board, 2, 3, bounce_us=0)
    a, b = edges(2), edges(3)
    until(encoder.turn(-1, rate=10))
    assert b == [(25_000, 0), (75_000, 1)]
    assert a == [(50_000, 0), (100_000, 1)]
    assert encoder.position == -1


@pytest.mark.parametrize("steps, levels", [(4, (1, 1)), (2, (0, 0)), (1, (0, 1))])
def test_a_detent_has_as_many_edges_as_asked_for(board, until, edges, steps, levels):
    encoder = Encoder(board, 2, 3, steps=steps, bounce_us=0)
    a, b = edges(2), edges(3)
    until(encoder.turn(1))
    assert len(a) + len(b) == steps
    assert (board.line(2).level(), board.line(3).level()) == levels


def test_turns_follow_each_other_and_stop_leaves_it_between(board, until):
    encoder = Encoder(board, 2, 3, bounce_us=0)
    assert encoder.turn(2, rate=10) == 200_000
    assert encoder.turn(-1, rate=100) == 210_000
    until(210_000)
    assert encoder.position == 1
    encoder.turn(1, rate=10)
    until(board.time.now() + 60_000)
    encoder.stop()
    until(board.time.now() + 1_000_000)
    assert encoder.position == 1.5
    encoder.turn(0.5)
    until(board.time.now() + 1_000_000)
    assert encoder.position == 2


def test_to_turn_it_by_nothing_tells_when_it_is_at_rest(board, until):
    encoder = Encoder(board, 2, 3, bounce_us=2000)
    assert encoder.turn(0) == 0
    over = encoder.turn(1, rate=10)
    assert over == 102_000 == encoder.turn(0) == encoder.turn(0, rate=1000)
    board.time.sleep(100_500)
    assert encoder.turn(0) == over  # it is there, and its contacts bounce
    until(over + 50_000)
    assert encoder.turn(0) == board.time.now() > over


def test_a_fast_turn_is_not_over_while_a_slow_one_before_it_bounces(board):
    encoder = Encoder(board, 2, 3, bounce_us=2000)
    slow = encoder.turn(0.25, rate=10)
    assert encoder.turn(0.25, rate=10_000) == slow == 27_000


@pytest.mark.parametrize("seed", range(8))
def test_stopped_it_rests_when_the_last_bounce_is_over(board, until, edges, seed):
    encoder = Encoder(board, 2, 3, bounce_us=2000, bounces=5, seed=seed)
    a = edges(2)
    encoder.turn(10, rate=10)
    board.time.sleep(25_001)  # the first edge was at 25 ms, of A
    encoder.stop()
    rests = encoder.turn(0)
    assert 25_001 <= rests <= 27_000
    until(rests + 1_000_000)
    assert encoder.position == 0.25
    assert a[-1][1] == 0 and a[-1][0] in (25_000, rests)
    assert encoder.turn(0) == board.time.now()


STEPS = {(0, 1): 1, (1, 3): 1, (3, 2): 1, (2, 0): 1, (1, 0): -1, (3, 1): -1, (2, 3): -1, (0, 2): -1}


class Decoder:
    """A counter that believes no edge but one that follows: what a program may count at most, whatever bounces."""

    def __init__(self, a, b):
        self.lines = (a, b)
        self.state = self.here()
        self.count = 0
        for line in self.lines:
            line.watch(self.edge)

    def here(self):
        a, b = (1 - line.level() for line in self.lines)
        return 2 * b + a

    def edge(self, level, when):
        state = self.here()
        self.count += STEPS.get((self.state, state), 0)
        self.state = state


@given(st.integers(), st.lists(st.integers(-5, 5), max_size=5), st.sampled_from([1.0, 20.0, 300.0]))
def test_a_decoder_counts_the_detents_whatever_bounces(seed, turns, rate):
    with Board(virtual=True) as board, board.core("test"):
        encoder = Encoder(board, 2, 3, bounce_us=2000, bounces=5, seed=seed)
        decoder = Decoder(board.line(2), board.line(3))
        over = 0
        for turn in turns:
            over = encoder.turn(turn, rate)
        board.time.sleep(over + 1)
        assert decoder.count == 4 * sum(turns)
        assert encoder.position == sum(turns)


def test_without_resistors_the_board_pulls_up(board, until):
    for pin in (2, 3):
        board.line(pin).pull(1)
    encoder = Encoder(board, 2, 3, resistors=False, bounce_us=0)
    until(encoder.turn(0.5))
    assert (board.line(2).level(), board.line(3).level()) == (0, 0)
    until(encoder.turn(0.5))
    assert (board.line(2).level(), board.line(3).level()) == (1, 1)


def test_what_makes_no_sense_is_refused(board):
    with pytest.raises(ValueError, match="1, 2 or 4 steps"):
        Encoder(board, 2, 3, steps=3)
    with pytest.raises(ValueError, match="both at GP2"):
        Encoder(board, 2, 2)
    encoder = Encoder(board, 2, 3)
    for detents in (0.3, float("inf"), float("nan")):
        with pytest.raises(ValueError, match=f"can't be turned by {detents}"):
            encoder.turn(detents)
    with pytest.raises(ValueError, match="rate is in detents"):
        encoder.turn(1, rate=0)
