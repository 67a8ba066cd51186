"""Waveforms: exact times on lines, and voltages as functions of time."""

from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board import Board, ShortCircuit
from twincore.desktop.chips import noise, play, ramp, samples, sine, square

pytestmark = pytest.mark.cpython


def test_each_level_lasts_as_long_as_it_says(board, until, edges):
    seen = edges(2)
    playing = play(board, 2, [(100, 1), (50, 0), (25, 1), (0, 0)])
    assert board.line(2).level() == 1  # at once
    assert playing.ends == 175 and not playing.done
    until(200)
    assert seen == [(0, 1), (100, 0), (150, 1), (175, 0)] and playing.done


def test_it_starts_when_asked_to_and_lets_go_when_asked_to(board, until, edges):
    seen = edges(2)
    board.line(2).pull(0)
    play(board, 2, [(10, 1), (0, None)], start=1000)
    until(2000)
    assert seen == [(1000, 1), (1010, 0)]
    board.line(2).output(1)  # nobody else drives it


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=60))
def test_rounding_to_microseconds_does_not_add_up(times):
    seen = []
    with Board(virtual=True) as board, board.core("test"):
        board.line(2).watch(lambda level, when: seen.append(when))
        playing = play(board, 2, [*((us, 1 - number % 2) for number, us in enumerate(times)), (0, len(times) % 2 ^ 1)])
        board.time.sleep(playing.ends + 1)
    total = 0.0
    for when, us in zip(seen, [0.0, *times], strict=False):
        total += us
        assert abs(when - total) <= 0.51
    assert len(seen) == len(times) + 1


def test_a_square_wave_ends_after_its_cycles_or_when_it_is_stopped(board, until, edges):
    seen = edges(2)
    square(board, 2, 1000, duty=0.25, cycles=2)
    until(5000)
    assert seen == [(0, 1), (250, 0), (1000, 1), (1250, 0)]
    seen.clear()
    start = board.time.now()
    wave = square(board, 2, 3)
    until(start + 10_000_000)
    assert len(seen) == 61 and seen[60] == (start + 10_000_000, 1)
    wave.stop()
    until(start + 20_000_000)
    assert len(seen) == 61


def test_two_that_drive_one_line_are_named(board):
    board.line(2).output(0)
    with pytest.raises(ShortCircuit, match="waveform at GP2 drives high"):
        play(board, 2, [(1, 1)])


def test_an_endless_waveform_without_time_is_reported_and_ends(board, until):
    play(board, 2, repeat((0, 1)), start=10)
    until(20)
    assert "take no time" in board.said.pop()


@pytest.mark.parametrize("steps", [[(-1, 0)], [(1, 2)], [(float("nan"), 0)]])
def test_a_step_that_makes_no_sense_is_refused(board, steps):
    with pytest.raises(ValueError):
        play(board, 2, steps)


@pytest.mark.parametrize("wrong", [{"hz": 0}, {"hz": 600_000}, {"hz": 1, "duty": 1}, {"hz": 1, "cycles": 0}])
def test_a_square_wave_that_makes_no_sense_is_refused(board, wrong):
    with pytest.raises(ValueError):
        square(board, 2, **wrong)


def test_voltages_are_functions_of_time():
    wave = sine(50, 0.2, 0.8)
    assert [round(wave(us), 6) for us in (0, 5_000, 10_000, 15_000, 20_000)] == [0.5, 0.8, 0.5, 0.2, 0.5]
    assert round(sine(1, phase=0.25)(0), 6) == 1.0
    assert [ramp(1000, 0, 0.5)(us) for us in (0, 500, 999, 1000)] == [0, 0.25, 0.4995, 0]
    recorded = samples([0.1, 0.2, 0.3], 10)
    assert [recorded(us) for us in (0, 9, 10, 29, 1000)] == [0.1, 0.1, 0.2, 0.3, 0.3]
    assert samples([0.1, 0.2], 10, again=True)(20) == 0.1


@given(st.integers(0, 10**12), st.floats(0, 0.5), st.integers(0, 2**31))
def test_noise_is_bounded_and_the_same_at_the_same_time(now, amplitude, seed):
    value = noise(0.5, amplitude, seed=seed)(now)
    assert abs(value - 0.5) <= amplitude
    assert value == noise(lambda us: 0.5, amplitude, seed=seed)(now)


def test_the_adc_sees_it(board, until):
    board.analog("GP26").value = ramp(1000)
    until(249)
    assert board.analog("GP26").read() == 0.25


@pytest.mark.parametrize("make", [lambda: sine(1, 0.5, 0.4), lambda: sine(-1), lambda: ramp(0), lambda: samples([], 1)])
def test_a_voltage_that_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError):
        make()
