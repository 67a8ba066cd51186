"""python -m benchmarks.drivers_on_board: each event is told once, and not before it has happened."""

import pytest

pytest.importorskip("click")
pytest.importorskip("rich")

from benchmarks import drivers_on_board

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.mark.parametrize("name", ["pin", "record"])
def test_every_event_is_measured(target_is_here, name):
    target_is_here("rp2040")
    driver = next(driver for driver in drivers_on_board.DRIVERS if driver.name == name)
    found = drivers_on_board.measured(driver, 0)
    assert len(found.late) == 24 and min(found.late) > 0
    assert (found.interrupt is None) == (name == "record")
