"""One program and one board.toml: the same on the simulated board and on the emulated RP2040, chips and all.

Each program of `programs/` runs with the file of the same name around the board, in virtual time, and emulated.
"""

import signal
import subprocess
from pathlib import Path

import pytest

from twincore.desktop.chips import Chip
from twincore.desktop.emulation import emulator
from twincore.desktop.testing.bench import Bench, Options
from twincore.desktop.wiring import Wiring
from twincore.desktop.wiring.settings import BadSetting

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("rp2040")


def simulated(program):
    """What it prints on the simulated board, and the state of the chips then."""
    bench = Bench(Options(wiring=program.with_suffix(".toml")), [program.parent])
    try:
        board = bench.board(wiring=program.with_suffix(".toml"))
        app = bench.run_app(program, board)
        assert app.wait() == 0, app.text
        return app.text, states(device for device in board.devices if isinstance(device, Chip))
    finally:
        bench.close()


def states(chips):
    """But for how often a sensor was asked, as importing takes time on a board, and for what closing has unplugged."""
    varies = ("measured", "plugged in", "read")
    return {chip.name: {what: how for what, how in chip.state().items() if what not in varies} for chip in chips}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_it_prints_the_same_on_both_and_leaves_the_chips_alike(program):
    wiring = Wiring.load(program.with_suffix(".toml"))
    emulated = emulator.run(program, wiring=wiring, wall_limit=100)
    assert (emulated.exit_code, emulated.stderr) == (0, "")
    printed, chips = simulated(program)
    assert emulated.stdout == printed
    assert states(wiring.chips.values()) == chips
    if program.stem == "display":
        assert wiring.chips["display"].text() == ["both cores      ", "25.0 degrees    "]
    if program.stem == "strip":
        assert wiring.chips["strip"].colours == [(0, 0, 1), (0, 0, 1), (255, 200, 0), (0, 0, 1), (0, 0, 1)]


STRIPS = """
import time
from machine import Pin
from neopixel import NeoPixel
for number in (22, 16, 17):
    strip = NeoPixel(Pin(number), 2)
    strip[0], strip[-1] = (255, 0, 1), (2, 128, 4)
    strip.write()
print(strip[1], len(strip))
time.sleep_us(100)
Pin(22, Pin.OUT)(1)
back = Pin(22).value()
slow = NeoPixel(Pin(15), 1, timing=0)
slow.fill((1, 2, 3))
slow.write()
time.sleep_us(100)
print(back)
"""
AROUND_STRIPS = """
links = ["17:18"]
[chip.alone]
kind = "neopixel"
pin = 22
count = 2
[chip.nobody_is_there]
kind = "button"
pin = 16
[chip.joined]
kind = "neopixel"
pin = 18
count = 3
[chip.slow]
kind = "neopixel"
pin = 15
khz = 400
[chip.too_fast]
kind = "neopixel"
pin = 14
"""


def test_strips_read_the_pulses_that_the_firmware_makes(app, tmp_path):
    wiring = wired(tmp_path, AROUND_STRIPS, ["14:15"])
    result = emulator.run(app(STRIPS), wiring=wiring)
    assert (result.stdout, result.stderr) == ("(2, 128, 4) 2\n1\n", "")
    chips = wiring.chips
    assert chips["alone"].colours == [(255, 0, 1), (2, 128, 4)]
    assert chips["joined"].colours == [*chips["alone"].colours, (0, 0, 0)]
    assert (chips["alone"].misfits, chips["joined"].misfits) == (0, 0)
    assert chips["slow"].colours == [(1, 2, 3)]
    assert chips["too_fast"].colours == [(255, 255, 255)]  # of what is meant for the slow one


def test_a_strip_that_a_pio_drives(app, tmp_path):
    wiring = wired(tmp_path, '[chip.strip]\nkind = "neopixel"\npin = 22\ncount = 2\n')
    result = emulator.run(app(PIO_STRIP), wiring=wiring)
    assert (result.stdout, result.stderr) == ("sent\n", "")
    assert (wiring.chips["strip"].colours, wiring.chips["strip"].misfits) == ([(1, 2, 3), (255, 0, 7)], 0)


PIO_STRIP = """
import rp2, time
from machine import Pin
@rp2.asm_pio(sideset_init=rp2.PIO.OUT_LOW, out_shiftdir=rp2.PIO.SHIFT_LEFT, autopull=True, pull_thresh=24)
def bits():  # ten cycles of 125 ns a bit: high for three (0) or six (1)
    wrap_target()
    label("next")
    out(x, 1).side(0)[3]
    jmp(not_x, "zero").side(1)[2]
    jmp("next").side(1)[2]
    label("zero")
    nop().side(0)[2]
    wrap()
machine = rp2.StateMachine(0, bits, freq=8_000_000, sideset_base=Pin(22))
machine.active(1)
for red, green, blue in ((1, 2, 3), (255, 0, 7)):
    machine.put(green << 16 | red << 8 | blue, 8)
time.sleep_ms(1)
print("sent")
"""


def wired(folder, text, links=()):
    (folder / "around.toml").write_text(text)
    return Wiring.load(folder / "around.toml").add_links(links)


def test_a_wire_between_pins_works_both_ways_and_two_outputs_on_it_are_a_short_circuit(app, tmp_path):
    script = app(
        "from machine import Pin\n"
        "one, other = Pin(14, Pin.OUT), Pin(15, Pin.IN, Pin.PULL_UP)\n"
        "seen = [one.value(level) or other() for level in (0, 1, 0)]\n"
        "one.init(Pin.IN); seen.append(one())\n"
        "other.init(Pin.OUT); seen += [other.value(level) or one() for level in (0, 1)]\n"
        "print(seen)\n"
        "import time; time.sleep_ms(10)\n"
        "one.init(Pin.OUT, value=0)\n"
        "print('not reached')\n"
    )
    result = emulator.run(script, wiring=wired(tmp_path, "", ["14:GP15"]))
    assert result.stdout.splitlines() == ["[0, 1, 0, 1, 0, 1]"]
    assert (result.exit_code, result.ending) == (74, "short circuit")
    said = "the output GP14 drives low and the output GP15 drives high, on one wire"
    assert result.stderr.startswith("a short circuit at ") and said in result.stderr
    assert "app.py:8" in result.stderr


BUSES = """
from machine import ADC, I2C, SoftI2C, Pin
print([round(ADC(pin).read_u16() / 65535, 2) for pin in (26, 27)])
elsewhere = I2C(0, scl=Pin(13), sda=Pin(12))
print(elsewhere.scan(), elsewhere.writeto(0x40, b"\\xe7", False), elsewhere.readfrom(0x40, 1))
print(elsewhere.readfrom_mem(0x40, 0xe3, 3))  # it holds the clock for 44 ms
print(I2C(1).scan(), Pin(4, Pin.IN).value())
soft = SoftI2C(scl=Pin(20), sda=Pin(21))
print(soft.scan(), soft.readfrom_mem(0x40, 0xe7, 1), soft.readfrom_mem(0x40, 0xe3, 3))
try:
    soft.writeto(0x41, b"\\xe7")
except OSError as error:
    print(error.errno)
"""

AROUND_BUSES = """
[adc]
26 = 0.25
27 = {samples = [0.75], every_us = 1}
[levels]
4 = 1
[chip.on_a_controller]
kind = "htu21d"
typical = true
[chip.on_any_pins]
kind = "htu21d"
typical = true
bus = [20, 21]
[chip.display]
kind = "hd44780_i2c"
bus = 1
"""


def test_a_bus_is_where_the_program_has_it_by_a_controller_or_by_itself(app, tmp_path):
    result = emulator.run(app(BUSES), wiring=wired(tmp_path, AROUND_BUSES))
    assert result.stderr == ""
    reading = b"ad\xde"  # 20 degrees
    assert result.stdout.splitlines() == [
        "[0.25, 0.75]",
        r"[64] 1 b'\x02'",
        repr(reading),
        "[39] 1",
        rf"[64] b'\x02' {reading!r}",
        "19",
    ]


def test_a_run_repeats_exactly_whatever_this_machine_does(app, tmp_path):
    script = app(
        "import time\nfrom machine import Pin\n"
        "seen = []\n"
        "Pin(10, Pin.IN).irq(lambda pin: seen.append(time.ticks_us()), Pin.IRQ_RISING, hard=False)\n"
        "time.sleep_ms(50)\nprint(seen)\n"
    )
    text = "[levels]\n10 = {square = 333}"
    first, second = (emulator.run(script, wiring=wired(tmp_path, text), seed=5, jitter=50) for _ in range(2))
    assert len(first.stdout) > 100
    assert (first.stdout, first.emulated_ms) == (second.stdout, second.emulated_ms)


def test_a_chip_in_trouble_is_told_of_and_the_run_goes_on(app, tmp_path):
    text = '[chip.start]\nkind = "button"\npin = 10\n'
    wiring = wired(tmp_path, 'events = [[5, "start.click", -1]]\n' + text)
    result = emulator.run(app("import time\ntime.sleep_ms(20)\nprint('goes on')\n"), wiring=wiring)
    assert (result.stdout, result.exit_code) == ("goes on\n", 0)
    assert result.stderr == f"{tmp_path / 'around.toml'}: events, number 1: ms is 0 or more, not -1\n"


def test_a_program_of_this_machine_talks_to_the_board_through_a_pseudo_terminal(app, tmp_path, started):
    app('[uart.1]\npty = "line"\n', "board.toml")
    app(
        "from machine import UART\n"
        "port = UART(1, 115200, timeout=20_000)\n"
        "port.write('ready\\n')\n"
        "print('heard', port.readline())\n"
    )
    process = started("run", "app.py", "--on", "rp2040")
    assert process.stderr.readline() == b"twincore: UART(1) is at line\n"
    with open(tmp_path / "line", "r+b", buffering=0) as line:
        assert b"".join(line.read(1) for _ in "ready\n") == b"ready\n"
        line.write(b"hello\n")
        assert process.stdout.readline() == b"heard b'hello\\n'\n"
    assert process.wait(20) == 0


def test_ctrl_c_reaches_a_board_that_waits_for_real_time(app, started):
    app("[uart.1]\npty = true\n", "board.toml")
    app("import time\ntry:\n    print('waits')\n    time.sleep(1000)\nfinally:\n    print('cleaned up')\n")
    process = started("run", "app.py", "--on", "rp2040")
    assert process.stdout.readline() == b"waits\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == b"cleaned up\n"
    try:
        assert process.wait(20) == 130
    except subprocess.TimeoutExpired:
        pytest.fail("it goes on")


WRONG = {
    ("--link", "2:33"): "--link 2:33: a pico has no pin '33'",
    ("--link", "2:2"): "--link 2:2: 2 and 2 are the same pin",
    ("--wiring", "none.toml"): "there is no file none.toml",
    ("--wiring", "pyboard.toml"): "pyboard.toml: board: the emulated board is a pico, not a pyboard",
    ("--wiring", "bus.toml"): "bus.toml: chip.climate: an RP2040 has I2C 0 and 1, or any two pins [SCL, SDA], not 7",
}


@pytest.mark.parametrize("options", WRONG, ids=" ".join)
def test_what_does_not_fit_the_board_is_one_line(app, twincore, options):
    app('board = "pyboard"', "pyboard.toml")
    app('[chip.climate]\nkind = "htu21d"\nbus = 7', "bus.toml")
    app("print('not reached')")
    result = twincore("run", "app.py", "--on", "rp2040", *options)
    assert (result.stdout, result.returncode) == ("", 2)
    assert result.stderr.startswith(f"twincore: {WRONG[options]}")
    assert result.stderr.count("\n") == 1


def test_a_session_refuses_it_before_anything_is_started(app, tmp_path):
    wiring = wired(tmp_path, '[chip.start]\nkind = "button"\npin = 30\n')
    with pytest.raises(BadSetting, match=r"chip\.start\.pin: a pico has no pin 30"):
        emulator.run(app(""), wiring=wiring)
