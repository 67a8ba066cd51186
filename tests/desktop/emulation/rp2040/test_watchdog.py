"""The emulated watchdog: machine.WDT, machine.reset(), what they leave, and twincore's own Watchdog on both cores."""

import re

import pytest

CAUSE = """
import machine, time
print({machine.PWRON_RESET: "power", machine.WDT_RESET: "watchdog"}[machine.reset_cause()], time.ticks_ms() < 200)
"""


def test_a_reset_by_software_keeps_the_flash_and_nothing_else(take):
    before = """
import machine
machine.RTC().datetime((2030, 5, 6, 0, 7, 8, 9, 0))
machine.Pin(2, machine.Pin.OUT).value(1)  # wired to pin 3
print(machine.Pin(3).value())
with open("/kept.txt", "w") as file:
    file.write("kept")
machine.reset()
"""
    after = """
print(open("/kept.txt").read(), machine.Pin(3).value(), machine.RTC().datetime()[0], "before" in globals())
import _thread
_thread.start_new_thread(print, ("core 1",))
time.sleep_ms(10)
"""
    power, reset, cause, state = take(1, {"run": CAUSE}, {"run": "before = 1" + before}, {"run": CAUSE}, {"run": after})
    assert power.output == "power True\n"
    assert (reset.output, reset.resets) == ("1\n", ["reset"])
    assert cause.output == "watchdog True\n"  # as on the real chip, which makes machine.reset() by its watchdog
    assert (state.output, state.traceback) == ("kept 0 2021 False\ncore 1\n", "")


def test_the_time_is_exact_and_feeding_puts_it_off(take):
    """The counter goes down twice a microsecond (erratum RP2040-E1), and MicroPython sets it to twice the time."""
    code = """
import machine, time
dog = machine.WDT(timeout=500)
for _ in range(5):
    time.sleep_ms(400)
    dog.feed()
start = time.ticks_ms()
while True:
    time.sleep_ms(1)
    print(time.ticks_diff(time.ticks_ms(), start))
"""
    result, after = take(1, {"run": code}, {"run": "import time\ntime.sleep(3)\nprint('not again')"})
    assert result.resets == ["watchdog"] and 496 <= int(result.output.split()[-1]) <= 500
    assert (after.output, after.resets) == ("not again\n", [])  # the reset has stopped it


@pytest.mark.parametrize(
    "ends",
    [
        "machine.disable_irq()\nwhile True:\n    pass",
        "machine.lightsleep()",
        # Core 1 has the interrupts' lock for ever: core 0 hangs when it next wants it.
        "import _thread, time\n_thread.start_new_thread(machine.disable_irq, ())\ntime.sleep(1)",
    ],
    ids=["interrupts off", "lightsleep", "core 1 has the lock"],
)
def test_nothing_that_a_program_does_keeps_it_from_barking(take, ends):
    (result,) = take(1, {"run": "import machine\nmachine.WDT(timeout=100)\n" + ends})
    assert result.resets == ["watchdog"], result


def test_a_reset_in_the_middle_of_flash_writes_keeps_the_filesystem(take):
    write = """
import machine
with open("/a.txt", "w") as file:
    file.write("a" * 3000)
machine.WDT(timeout=%d)
while True:
    with open("/b.txt", "w") as file:
        file.write("b" * 3000)
"""
    read = 'print(set(open("/a.txt").read()), len(open("/a.txt").read()), len(open("/b.txt").read()) in (0, 3000))'
    results = take(1, *(step for ms in (61, 73, 97) for step in ({"run": write % ms}, {"run": read})))
    assert [result.resets for result in results] == [["watchdog"], []] * 3
    assert {result.output for result in results[1::2]} == {"{'a'} 3000 True\n"}


HANGS = """
import time
from twincore import core, drivers, offload

hang = [False]

def sample(alive):
    while not offload.cancelled():
        while hang[0]:
            pass
        alive()
        time.sleep_ms(5)

async def main(what):
    dog = drivers.Watchdog(100)
    service = offload.Service(sample, dog.expect("sampler", 40))
    service.start()
    dog.start()
    await core.sleep_ms(400)
    print("alive")
    if what == "core 1":
        hang[0] = True
    elif what == "the loop":
        while True:
            pass
    await core.sleep_ms(400)
    print("alive still")

core.run(main(%r))
"""


@pytest.mark.timeout(100)
@pytest.mark.parametrize("seed", [1])
def test_a_hang_of_either_core_leads_to_a_reset(take, seed):
    core1, loop, _, neither = take(
        seed,
        {"run": HANGS % "core 1"},
        {"run": HANGS % "the loop"},
        {"run": CAUSE},
        {"run": HANGS % "neither" + "machine = __import__('machine')\nmachine.reset()"},
    )
    assert core1.resets == loop.resets == ["watchdog"]
    assert re.match("alive\nwatchdog: no sign of life of sampler: nothing is fed\n", core1.output)
    assert loop.output == "alive\n"
    assert (neither.output, neither.resets) == ("alive\nalive still\n", ["reset"])
