"""machine.RTC: the clock that `time` shows."""

import time

import pytest


def test_setting_it_sets_the_programs_time(run):
    ran = run("""
import time
from machine import RTC
rtc = RTC()
print(rtc.datetime()[:3])
rtc.datetime((2024, 2, 29, 0, 23, 59, 58, 0))
time.sleep(3)
print(rtc.datetime(), time.localtime()[:6])
""")
    assert ran.lines == ["(2021, 1, 1)", "(2024, 3, 1, 4, 0, 0, 1, 0) (2024, 3, 1, 0, 0, 1)"]


def test_in_real_time_it_begins_with_the_desktops(new_world):
    rtc = new_world(virtual=False).import_module("machine").RTC()
    before = time.localtime()[:5]
    shown = rtc.datetime()
    assert (*shown[:3], *shown[4:6]) in (before, time.localtime()[:5])


def test_an_esp32_keeps_bytes(new_world):
    first, second = (new_world("esp32").import_module("machine").RTC for _ in range(2))
    first().memory(b"kept")
    assert first().memory() == b"kept"
    assert second().memory() == b""


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ((2024, 1, 1), "tuple of 8"),
        ((2024, 13, 1, 0, 0, 0, 0, 0), "month is 1 to 12"),
        ((24, 1, 1, 0, 0, 0, 0, 0), "year is 1970"),
    ],
)
def test_what_is_wrong_is_said(new_world, when, text):
    with pytest.raises(ValueError, match=text):
        new_world().import_module("machine").RTC().datetime(when)
