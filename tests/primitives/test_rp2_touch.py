"""RP2Touch: a real PIO program, and pads that keep their charge for a while (simulated: for whole microseconds)."""

import sys

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.wiring import Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture
def printed(tmp_path, target_is_here):
    """A function that runs a program with pads around the emulated board, and returns the lines that it printed."""
    target_is_here("rp2040")

    def run(program, around=""):
        script, wiring = written(tmp_path, program, around)
        result = emulator.run(script, wiring=Wiring.load(wiring), wall_limit=100)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout.splitlines()

    return run


@pytest.fixture(params=["simulated", "emulated"])
def printed_on_both(request, tmp_path):
    """As `printed`, on the simulated board, too."""
    if request.param == "emulated":
        return request.getfixturevalue("printed")

    def run(program, around=""):
        script, wiring = map(str, written(tmp_path, program, around))
        command = [sys.executable, "-m", "twincore.desktop", "run", "--virtual", "--wiring", wiring, script]
        result = capture(Command(command, {}), timeout=100)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout.splitlines()

    return run


def written(folder, program, around):
    script, wiring = folder / "app.py", folder / "around.toml"
    script.write_text(program)
    wiring.write_text(around)
    return script, wiring


BUTTON = """
from machine import Pin
from twincore import core as asyncio
from twincore.primitives import RP2Touch

async def main():
    button = RP2Touch(Pin(16), suppress={suppress})
    over = asyncio.Event()
    for name in ("press", "release", "double"):
        getattr(button, name + "_func")(print, (name,))
    button.long_func(over.set)
    await over.wait()
    print("long", button())
    button.release_func(over.set)
    over.clear()
    await over.wait()
    print("at rest", button(), button.rawstate(), button.value())

asyncio.run(main())
"""

TOUCHES = """
events = [
    [1000, "pad.touch", 150],
    [2000, "pad.touch", 150],
    [2300, "pad.touch", 150],
    [3500, "pad.touch"],
    [5000, "pad.release"],
]
[chip.pad]
kind = "touch_pad"
pin = 16
"""


def test_touches_are_presses_releases_double_clicks_and_long_presses(printed_on_both):
    lines = printed_on_both(BUTTON.format(suppress=False), TOUCHES)
    once = ["press", "release"]
    assert lines[:-2] == [*once, *once, "press", "double", "release", "press"]
    assert lines[-2] == "long True"


def test_a_finger_that_adds_six_counts_is_felt_with_the_usual_threshold_of_five_and_one_that_adds_four_is_not(printed):
    program = """
from machine import Pin
from twincore import core as asyncio
from twincore.primitives import RP2Touch

async def main():
    pads = [RP2Touch(Pin(n)) for n in (14, 15)]
    await asyncio.sleep_ms(300)
    print([pad() for pad in pads], [pad.value() for pad in pads])
    await asyncio.sleep_ms(1200)
    print([pad() for pad in pads], [pad.value()[1] for pad in pads])

asyncio.run(main())
"""
    pad = '[chip.{}]\nkind = "touch_pad"\npin = {}\nuntouched_us = 8.0\ntouched_us = {}\n'
    pads = pad.format("six", 14, 8.0 + 6 * 0.016) + pad.format("four", 15, 8.0 + 4 * 0.016)
    before, then = printed(program, 'events = [[1500, "six.touch"], [1500, "four.touch"]]\n' + pads)
    assert before == "[False, False] [(500, 0), (500, 0)]"
    assert then == "[True, False] [6, 4]"


def test_a_pad_that_was_touched_at_first_is_right_once_it_was_let_go_and_drift_is_no_touch(printed_on_both):
    program = """
from machine import Pin
from twincore import core as asyncio
from twincore.primitives import RP2Touch

async def main():
    RP2Touch.config(thresh=30, freq=1000)
    pad = RP2Touch(Pin(16))
    pad.press_func(print, ("press",))
    await asyncio.sleep_ms(1000)
    first = pad.value()
    print(pad())
    await asyncio.sleep_ms(1500)
    print(pad(), first[0] > pad.value()[0] + 100)
    await asyncio.sleep_ms(4500)
    print(pad(), pad.value()[1] < 30)

asyncio.run(main())
"""
    drift = "".join(f', [{3000 + n * 100}, "pad.untouched_us", {11 + 0.015 * n}]' for n in range(1, 41))
    around = f'events = [[0, "pad.touch", 1800]{drift}]\n[chip.pad]\nkind = "touch_pad"\npin = 16\n'
    assert printed_on_both(program, around) == ["False", "False True", "False True"]


def test_ending_one_pad_leaves_the_others_alone_and_its_state_machine_is_used_again(printed_on_both):
    program = """
import rp2
from machine import Pin
from twincore import core as asyncio
from twincore.primitives import RP2Touch

async def main():
    RP2Touch.config(freq=100)
    pads = [RP2Touch(Pin(n)) for n in range(8)]
    try:
        RP2Touch(Pin(8))
    except RuntimeError as error:
        print(error)
    pads[5].deinit()
    pads[5].deinit()
    again = RP2Touch(Pin(16))
    await asyncio.sleep_ms(2000)
    print(again(), [pad() for pad in pads if pad is not pads[5]])
    for pad in pads + [again]:
        pad.deinit()
    try:
        again.value()
    except RuntimeError as error:
        print(error)
    print([n for n in range(8) if rp2.StateMachine(n).active()])
    other = rp2.asm_pio()(lambda: [nop() for _ in range(32)])
    rp2.PIO(0).add_program(other)  # as the program of the pads is gone, there is room
    moved = RP2Touch(Pin(16))
    print([n for n in range(8) if rp2.StateMachine(n).active()])
    rp2.PIO(1).remove_program()
    moved.deinit()

asyncio.run(main())
"""
    around = 'events = [[1500, "last.touch"]]\n[chip.last]\nkind = "touch_pad"\npin = 16\n'
    around += "".join(f'[chip.pad{n}]\nkind = "touch_pad"\npin = {n}\n' for n in range(8))
    full, felt, ended, still, elsewhere = printed_on_both(program, around)
    assert full == "no state machine is free for an RP2Touch: " + "; ".join(f"{n}: another pad's" for n in range(8))
    assert felt == f"True {[False] * 7}"
    assert ended == "this RP2Touch was ended by deinit()"
    assert (still, elsewhere) == ("[]", "[4]")


def test_what_makes_no_sense_is_refused_with_what_would(printed_on_both):
    program = """
import rp2
from machine import Pin
from twincore.primitives import RP2Touch

def refused(what, *args, **settings):
    try:
        what(*args, **settings)
        print("taken")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)

refused(RP2Touch, 16)
refused(RP2Touch.config, thresh=0)
refused(RP2Touch.config, 5.0)
refused(RP2Touch.config, freq=5000)
RP2Touch.config(start_sm=9)
refused(RP2Touch, Pin(16))
RP2Touch.config(start_sm=6)
mine = rp2.StateMachine(6, rp2.asm_pio()(lambda: nop()))
mine.active(1)
pads = [RP2Touch(Pin(16))]
try:
    RP2Touch(Pin(17))
except RuntimeError as error:
    print(error)
"""
    assert printed_on_both(program) == [
        "TypeError an RP2Touch is at a machine.Pin, not 16",
        "ValueError thresh is a number from 1 to 2000, not 0",
        "ValueError thresh is a number from 1 to 2000, not 5.0",
        "ValueError freq is a number from 4 to 4000, not 5000",
        "ValueError start_sm is 9, and here are state machines 0 to 7",
        "no state machine is free for an RP2Touch: 6: runs; 7: another pad's",
    ]


def test_elsewhere_it_says_what_it_needs():
    from twincore.primitives import RP2Touch

    with pytest.raises(TypeError, match="needs the PIO of an RP2040 or RP2350, and there is none here"):
        RP2Touch(lambda: 0)
