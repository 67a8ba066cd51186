"""Kinds of board: names of pins, and errors that name what there is."""

import pytest

from twincore.desktop.board import KINDS, Board
from twincore.desktop.board.kinds import kind

pytestmark = pytest.mark.cpython


@pytest.mark.parametrize("name", KINDS)
def test_every_name_of_a_pin_leads_to_one_that_is_its_own(name):
    for alias, own in KINDS[name].pins.items():
        assert kind(name).pin(alias) == own == kind(name).pin(own)


def test_an_unknown_board_is_told_the_nearest():
    with pytest.raises(ValueError, match="no board is called 'pyborad': did you mean pyboard"):
        Board("pyborad")


def test_an_unknown_pin_is_told_what_there_is():
    with pytest.raises(ValueError, match="a pyboard has no pin 'Z1': .*it has X1, X2"):
        kind("pyboard").pin("Z1")


def test_leds_and_adcs_are_pins():
    for each in KINDS.values():
        assert all(pin in each.pins for pin in (*each.leds.values(), *each.adc_pins.values()))
