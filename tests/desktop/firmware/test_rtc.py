"""machine.RTC: the clock that `time` shows."""

import time

import pytest

from twincore.desktop.firmware.world import World


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
    with pytest.raises(ValueError, match="the memory of an RTC has 2048 bytes, not 2049"):
        first().memory(bytes(2049))


def test_through_deep_sleep_an_esp32_keeps_its_bytes_its_values_and_the_time(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("""
import esp32, machine, time
rtc, values = machine.RTC(), esp32.NVS("app")
if machine.reset_cause() == machine.PWRON_RESET:
    rtc.datetime((2024, 2, 29, 0, 23, 59, 0, 0))
    values.set_i32("boots", 0)
values.set_i32("boots", values.get_i32("boots") + 1)
rtc.memory(rtc.memory() + b"x")
print(values.get_i32("boots"), rtc.memory(), time.localtime()[:5])
machine.deepsleep(60_000)
""")
    first = new_world("esp32")
    assert first.run(script) == 0
    for _ in range(2):
        assert World(first.board, [tmp_path]).run(script) == 0
    assert [line for line in "".join(first.printed).splitlines() if "deepsleep" not in line] == [
        "1 b'x' (2024, 2, 29, 23, 59)",
        "2 b'xx' (2024, 3, 1, 0, 0)",
        "3 b'xxx' (2024, 3, 1, 0, 1)",
    ]


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
