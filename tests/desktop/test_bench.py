"""`twincore bench`: what it measures on the emulated board is measured, and in tables."""

import pytest

pytest.importorskip("click")
pytest.importorskip("rich")

from twincore.desktop.bench import drivers, speed, wakeups

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.mark.parametrize("name", ["pin", "record", "link", "syncom"])
def test_every_event_is_measured(target_is_here, name):
    target_is_here("rp2040")
    driver = next(driver for driver in drivers.DRIVERS if driver.name == name)
    found = drivers.measured(driver, 0)
    assert len(found.late) == 24 and min(found.late) > 0
    assert (found.interrupt is None) == (name != "pin")


def test_items_are_counted(target_is_here):
    target_is_here("rp2040")
    queue = next(measure for measure in speed.MEASURES if measure.script == "queue.py")
    assert speed.measured(queue, "twincore") > 100


def test_the_command_prints_a_table_per_state_of_core_0(twincore, target_is_here):
    target_is_here("rp2040")
    result = twincore("bench", "--only", "wake-ups", "--seeds", 1, timeout=110)
    assert result.returncode == 0
    for state in ("an idle core 0", "a core 0 with 10 ready tasks"):
        assert f"Wake-up of {state}, emulated RP2040" in result.stdout
    for what in wakeups.WAKEUPS.values():
        assert what.split()[0] in result.stdout


def test_a_target_that_is_missing_is_told_in_one_line(twincore, no_targets):
    result = twincore("bench")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "twincore: rp2040 is not installed: run `twincore fetch rp2040`\n"
