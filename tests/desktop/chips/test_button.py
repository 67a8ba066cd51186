"""A button: what it connects, when, and how it bounces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board import Board, ShortCircuit
from twincore.desktop.chips import Button

pytestmark = pytest.mark.cpython


@pytest.mark.parametrize("to, pull", [("ground", 1), ("supply", 0)])
def test_pressed_it_connects_and_released_it_lets_go(board, to, pull):
    line = board.line("GP2")
    line.pull(pull)
    button = Button(board, "GP2", to=to, bounce_us=0)
    assert line.level() == pull and not button.pressed
    button.press()
    assert line.level() == 1 - pull and button.pressed
    button.release()
    assert line.level() == pull


def test_without_a_pull_a_released_button_leaves_the_pin_as_it_was(board):
    button = Button(board, 2, to="supply", bounce_us=0)
    button.press()
    button.release()
    assert board.line(2).level() == 1


def test_a_click_is_as_long_as_asked_for(board, until, edges):
    button = Button(board, 2, resistor=True, bounce_us=0)
    seen = edges(2)
    assert button.click(50) == 50_000
    until(60_000)
    assert seen == [(0, 0), (50_000, 1)]


def test_a_double_click_and_a_long_press(board, until, edges):
    button = Button(board, 2, resistor=True, bounce_us=0)
    seen = edges(2)
    until(button.click(20, times=2, gap_ms=30) + 999)
    assert seen == [(0, 0), (20_000, 1), (50_000, 0), (70_000, 1)]
    seen.clear()
    start = board.time.now()
    until(button.hold(800))
    assert seen == [(start, 0), (start + 800_000, 1)]


def test_what_is_asked_for_later_replaces_the_rest_of_a_click(board, until, edges):
    button = Button(board, 2, resistor=True, bounce_us=0)
    seen = edges(2)
    button.click(100, times=3)
    until(9_999)
    button.press()
    until(1_000_000)
    assert seen == [(0, 0)] and button.pressed


def test_it_bounces_and_ends_pressed(board, until, edges):
    button = Button(board, 2, resistor=True, bounce_us=1500, bounces=6, seed=1)
    seen = edges(2)
    settled = button.press()
    until(settled)
    assert len(seen) >= 3 and seen[-1] == (settled, 0) and settled <= 1500


@given(st.integers(0, 1000), st.lists(st.sampled_from(["press", "release", "click"]), min_size=1, max_size=8))
def test_bounces_never_lose_the_last_state(seed, orders):
    with Board(virtual=True) as board, board.core("test"):
        button = Button(board, 2, resistor=True, seed=seed)
        for order in orders:
            getattr(button, order)()
            board.time.sleep(board.time.now() + seed)
        board.time.sleep(board.time.now() + 200_000)
        assert board.line(2).level() == (0 if orders[-1] == "press" else 1)


def test_a_pin_that_is_an_output_of_the_other_level_is_a_short_circuit(board):
    board.line(2).output(1)
    button = Button(board, 2)
    with pytest.raises(ShortCircuit, match="the button to ground at GP2 drives low and the output GP2 drives high"):
        button.press()
    assert not button.pressed


@pytest.mark.parametrize("wrong", [{"to": "air"}, {"bounce_us": -1}, {"bounces": -1}])
def test_what_makes_no_sense_is_refused(board, wrong):
    with pytest.raises(ValueError):
        Button(board, 2, **wrong)
    assert board.devices == []


def test_a_click_of_less_than_nothing_is_refused(board):
    button = Button(board, 2)
    with pytest.raises(ValueError, match="ms is 0 or more, not -1"):
        button.click(-1)
    assert not button.pressed
