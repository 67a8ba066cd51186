"""The memory, the flags and the pins that the machines of a PIO share."""

import pytest

from twincore.desktop.firmware.pio.units import Units


@pytest.fixture
def block(new_world):
    return Units(new_world()).blocks[0]


def test_programs_are_placed_from_the_top_and_their_jumps_moved(block):
    assert block.place([0xA042, 0x0041]) == 30
    assert block.memory[30:] == [0xA042, 0x005F]
    assert block.place([0xE021] * 29) == 1
    assert block.place([0xA042] * 2) is None
    block.free(2, 30)
    assert block.place([0xA042] * 2) == 30


def test_a_relative_flag_counts_from_the_machine_within_its_half(block):
    assert [block.flag(0x10 | 2, machine) for machine in range(4)] == [4, 8, 1, 2]
    assert block.flag(0x10 | 6, 3) == 1 << 5
    assert block.flag(7, 3) == 1 << 7


def test_flags_that_interrupt_are_lowered_and_others_stay(block):
    block.rise(1 << 1)
    block.rise(1 << 4)
    assert block.acknowledge() == 0
    block.interrupts = 0b1111
    assert (block.acknowledge(), block.flags) == (1 << 1, 1 << 4)


def test_pins_that_are_not_connected_are_driven_for_nobody(block):
    block.owned = 0b0110
    assert block.drive(0b1111, 0b1111, 0, False)
    assert not block.drive(0b1111, 0b1111, 0, True)
    assert not block.drive(0b0010, 0b0010, 1, True)
    assert not block.drive(0b1111, 0b1111, 0, False)  # it changes nothing
    assert block.outputs() == [(1, 1), (2, None)]
    assert block.outputs() == []
