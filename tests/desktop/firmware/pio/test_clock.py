"""The clock divider: cycles begin with ticks of the system's clock, and none is lost to rounding."""

import pytest

from twincore.desktop.firmware.pio.clock import MICROSECOND, SECOND, CycleClock


@pytest.mark.parametrize("divider", [256, 257, 300, 4096, 62_500 * 256, (1 << 24) - 1])
def test_the_cycle_at_a_time_is_the_first_that_begins_then_or_later(divider):
    clock = CycleClock(125_000_000, divider)
    clock.origin = 7 * MICROSECOND
    for cycle in (0, 1, 2, 3, 255, 256, 1000, 123_456):
        when = clock.time_of(cycle)
        assert clock.cycle_at(when) == cycle
        assert clock.cycle_at(when + 1) == cycle + 1
    assert clock.cycle_at(0) == 0


def test_a_fraction_of_the_divider_makes_some_cycles_a_tick_longer():
    clock = CycleClock(125_000_000, 256 + 128)  # one and a half
    assert [clock.time_of(cycle) // 8000 for cycle in range(5)] == [0, 1, 3, 4, 6]


def test_a_second_has_as_many_cycles_as_the_frequency_says():
    clock = CycleClock(150_000_000, 150 * 256)
    assert clock.cycle_at(SECOND) == 1_000_000
    assert clock.ticks(150_000_000) == SECOND
