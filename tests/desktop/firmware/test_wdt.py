"""machine.WDT: it ends a program that does not feed it, whatever the program is doing."""

import pytest


def test_a_program_that_feeds_it_goes_on(run):
    ran = run("""
import time, machine
dog = machine.WDT(timeout=100)
for _ in range(20):
    time.sleep_ms(90)
    dog.feed()
print("alive", time.ticks_ms() >= 1800)
""")
    assert (ran.code, ran.text) == (0, "alive True\n")


@pytest.mark.parametrize(
    "stuck",
    ["while True:\n    pass", "time.sleep(1000)", "machine.lightsleep()", "asyncio.run(asyncio.sleep(1000))"],
    ids=["loop", "sleep", "lightsleep", "asyncio"],
)
@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_a_program_that_hangs_is_ended(run, stuck, virtual):
    ran = run(f"""
import asyncio, machine, time
machine.WDT(timeout=100)
try:
    {stuck.replace(chr(10), chr(10) + "    ")}
except Exception:
    print("caught, as it must not be")
print("not here")
""", virtual=virtual)
    assert ran.code == 1
    assert ran.text == "the watchdog was not fed for 100 ms: the board resets, and the application ends\n"


def test_the_next_run_knows_the_cause(new_world, tmp_path):
    world = new_world()
    (tmp_path / "main.py").write_text("""
import machine, time
print(machine.reset_cause() == machine.WDT_RESET)
machine.WDT(timeout=1)
time.sleep(1)
""")
    assert world.run(tmp_path / "main.py") == 1
    assert world.run(tmp_path / "main.py") == 1
    assert [line for line in "".join(world.printed).splitlines() if line in ("True", "False")] == ["False", "True"]


@pytest.mark.parametrize(("arguments", "text"), [((0, 9000), "1 to 8388 ms on a pico"), ((1, 100), r"WDT\(1\)")])
def test_what_is_wrong_is_said(new_world, arguments, text):
    with pytest.raises(ValueError, match=text):
        new_world("pico").import_module("machine").WDT(*arguments)
