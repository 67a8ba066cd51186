"""What a board.toml has happen at given times: to which chip, when, and what is said of events that make no sense."""

import pytest

from twincore.desktop.board import Board
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
CHIPS = """
[chip.start]
kind = "button"
pin = 10
bounce_us = 0
[chip.climate]
kind = "htu21d"
[chip.remote]
kind = "nec_remote"
pin = 2
"""


@pytest.fixture
def happening(tmp_path):
    """A function: happening(events, act) calls act(board, chips), events being due; gives what the board printed."""

    def go(events, act):
        file, said = tmp_path / "board.toml", []
        file.write_text(f"events = {events}\n{CHIPS}")
        with Board(virtual=True, output=said.append) as board, board.core("test", main=True):
            wiring = Wiring.load(file)
            wiring.apply(board)
            act(board, wiring.chips)
        return "".join(said)

    return go


def test_each_happens_at_its_time_with_its_arguments(happening):
    def act(board, chips):
        line = board.line(10)
        line.pull(1)
        edges = []
        line.watch(lambda level, when: edges.append((when, level)))
        board.run(ms=300)
        assert edges == [(1500, 0), (11_500, 1), (100_000, 0), (105_000, 1), (120_000, 0), (125_000, 1)]

    events = '[[100, "start.click", 5, {times = 2, gap_ms = 15}], [1.5, "start.click", {ms = 10}]]'
    assert happening(events, act) == ""


def test_an_attribute_of_a_chip_is_set(happening):
    def act(board, chips):
        assert (chips["climate"].temperature, chips["climate"].low_battery) == (20.0, False)
        board.run(ms=15)
        assert (chips["climate"].temperature, chips["climate"].low_battery) == (30.5, True)

    assert happening('[[10, "climate.temperature", 30.5], [10, "climate.low_battery", true]]', act) == ""


def test_what_a_chip_refuses_at_that_time_is_printed_and_the_next_event_happens(happening):
    def act(board, chips):
        board.run(ms=300)
        assert chips["remote"].sent == 1

    said = happening('[[10, "remote.send", 1, 256], [20, "remote.send", 1, 2]]', act)
    assert said.endswith("board.toml: events, number 1: NEC data is one byte, 0 to 0xff, not 256\n")
    said = happening('[[10, "start.click", {ms = "long"}], [20, "remote.send", 1, 2]]', act)
    assert said.endswith("board.toml: events, number 1: ms is a number, not 'long'\n")


WRONG = {
    "[1]": "it is [milliseconds, \"chip.what\", arguments ...], not 1",
    "[[1]]": "it is [milliseconds, \"chip.what\", arguments ...], not [1]",
    '[["1", "start.click"]]': "it begins with the time in milliseconds, not '1'",
    '[[-1, "start.click"]]': "it begins with the time in milliseconds, not -1",
    '[[1, "start"]]': 'what happens is "chip.what", as in "start.click", not \'start\'',
    '[[1, "strat.click"]]': "there is no chip 'strat': did you mean start? there is start, climate, remote",
    '[[1, "start.clock"]]': "no 'clock': did you mean click? there is click, hold, press, release",
    '[[1, "start._move", 1]]': "no '_move': there is click, hold, press, release",
    '[[1, "start.close"]]': "no 'close': ",
    '[[1, "start.click", {tims = 2}]]': "got an unexpected keyword argument 'tims'",
    '[[1, "remote.send", 1]]': "missing a required argument: 'data'",
    '[[1, "climate.temperature"]]': "temperature has one value: give that, and no more",
}


@pytest.mark.parametrize("events", WRONG)
def test_one_that_makes_no_sense_is_told_with_its_number(happening, events):
    with pytest.raises(BadSetting) as caught:
        happening(events, lambda board, chips: None)
    assert "board.toml: events, number 1: " in str(caught.value)
    assert WRONG[events].partition("? ")[0] in str(caught.value)
