"""`twincore run` on the simulated board: its options, its wiring, time that jumps, and what it costs to start."""

import signal
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

WHERE = "import os, sys\nprint(sys.implementation.name, sys.platform, os.uname().machine)\n"


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ([], "micropython rp2 Raspberry Pi Pico with RP2040\n"),
        (["--board", "pico2"], "micropython rp2 Raspberry Pi Pico 2 with RP2350\n"),
        (["--board", "pyboard"], "micropython pyboard PYBv1.1 with STM32F405RG\n"),
        (["--board", "esp32"], "micropython esp32 Generic ESP32 module with ESP32\n"),
    ],
)
def test_the_kind_of_board_is_a_pico_unless_asked_for(app, twincore, kind, printed):
    assert twincore("run", app(WHERE), *kind).stdout == printed


LINKED = """
from machine import Pin
out, in_ = Pin("X1", Pin.OUT), Pin("X2", Pin.IN)
seen = []
for level in (1, 0, 1):
    out(level)
    seen.append(in_())
print(seen)
"""


def test_a_link_is_a_wire(app, twincore):
    script = app(LINKED)
    assert twincore("run", script, "--board", "pyboard", "--link", "X1:X2").stdout == "[1, 0, 1]\n"
    assert twincore("run", script, "--board", "pyboard").stdout == "[0, 0, 0]\n"


def test_two_outputs_on_one_wire_are_a_short_circuit_at_the_line_that_makes_it(app, twincore):
    script = app("from machine import Pin\na = Pin(2, Pin.OUT, value=0)\nb = Pin(3, Pin.OUT, value=1)\n")
    result = twincore("run", script, "--link", "2:3")
    assert result.returncode == 1
    assert 'app.py", line 3, in <module>' in result.stderr
    assert "the output GP2 drives low and the output GP3 drives high, on one wire" in result.stderr


NODE = """
import machine, sys, time
values = machine.RTC()
pin = machine.Pin(2, machine.Pin.OUT)
timer = machine.Timer(0)
timer.init(period=1, callback=lambda timer: None)
values.memory(values.memory() + b"x")
print(len(values.memory()), machine.reset_cause() == machine.DEEPSLEEP_RESET)
if len(values.memory()) == 3:
    sys.exit(5)
machine.deepsleep(60_000)
"""


@pytest.mark.parametrize(
    ("boots", "code", "printed"), [(2, 0, ["1 False", "2 True"]), (9, 5, ["1 False", "2 True", "3 True"])]
)
def test_after_deep_sleep_it_is_started_again_as_often_as_asked_for(app, twincore, boots, code, printed):
    result = twincore("run", app(NODE), "--board", "esp32", "--virtual", "--boots", str(boots))
    assert (result.returncode, result.stderr) == (code, "")
    assert [line for line in result.stdout.splitlines() if "deepsleep" not in line] == printed


def test_the_board_toml_beside_the_application_is_taken(app, twincore):
    app('board = "pyboard"\nlinks = ["X1:X2"]\n', "board.toml")
    assert twincore("run", app(LINKED)).stdout == "[1, 0, 1]\n"


def test_another_wiring_is_taken_instead_and_the_command_has_the_last_word(app, twincore):
    app('board = "esp32"\n', "board.toml")
    other = app('board = "pyboard"\n', "other.toml")
    assert twincore("run", app(WHERE), "--wiring", other).stdout.startswith("micropython pyboard ")
    assert twincore("run", app(WHERE), "--wiring", other, "--board", "pico").stdout.startswith("micropython rp2 ")


def test_a_sensor_of_the_board_toml_answers_the_application(app, twincore):
    app('[chip.climate]\nkind = "htu21d"\nbus = 0\ntemperature = 21.5\n', "board.toml")
    script = app(
        "from machine import I2C, Pin\nimport time\n"
        "i2c = I2C(0, scl=Pin(5), sda=Pin(4))\nprint(i2c.scan())\n"
        "i2c.writeto(0x40, b'\\xf3')\ntime.sleep_ms(100)\n"
        "high, low, crc = i2c.readfrom(0x40, 3)\n"
        "print(round(175.72 * ((high << 8 | low) & 0xfffc) / 65536 - 46.85, 1))\n"
    )
    result = twincore("run", script)
    assert (result.stdout, result.stderr) == ("[64]\n21.5\n", "")


def test_an_hour_of_virtual_time_takes_a_moment(app, twincore):
    script = app("import time\nt = time.ticks_ms()\ntime.sleep(3600)\nprint(time.ticks_diff(time.ticks_ms(), t))\n")
    assert twincore("run", script, "--virtual", timeout=20).stdout == "3600000\n"


def test_a_run_in_virtual_time_repeats_exactly(app, twincore):
    app("[levels]\n2 = {square = 400, start = 300}\n", "board.toml")
    script = app(
        "from machine import Pin, Timer\nimport time\nseen = []\n"
        "Pin(2, Pin.IN).irq(lambda pin: seen.append(('pin', time.ticks_us())), Pin.IRQ_RISING)\n"
        "timer = Timer(period=3, callback=lambda t: seen.append(('timer', time.ticks_us())))\n"
        "time.sleep_ms(50)\nprint(seen)\n"
    )
    first, again = (twincore("run", script, "--virtual").stdout for _ in range(2))
    assert first == again and first.count("pin") == 20 and first.count("timer") == 16


def test_a_deadlock_of_virtual_time_is_told_with_the_line_and_has_an_exit_code(app, twincore):
    script = app("import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()\n")
    result = twincore("run", script, "--virtual")
    assert (result.returncode, result.stdout) == (70, "")
    assert result.stderr.startswith("a deadlock: everything waits for ever\n")
    assert "app.py:4" in result.stderr and "Traceback" not in result.stderr


def test_ctrl_c_ends_virtual_time_too(app, started):
    script = app("import time\ntry:\n    print('ready')\n    while True: time.sleep(1)\nfinally:\n    print('done')\n")
    process = started("run", script, "--virtual")
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (out, process.returncode) == (b"done\n", 130)
    assert b'app.py", line' in err and b"desktop/" not in err


def test_the_folder_of_the_application_is_the_boards_root(app, twincore, tmp_path):
    app("some data", "project/data.txt")
    app("VALUE = 7\n", "project/helper.py")
    script = app(
        "import helper, os, sys\nprint(helper.VALUE, open('data.txt').read(), open('/data.txt').read())\n"
        "open('/log.txt', 'w').write('written')\n"
        "print(sorted(os.listdir('/')), os.getcwd(), open(sys.argv[0]).read(6))\n",
        "project/main.py",
    )
    result = twincore("run", script)
    assert result.stderr == ""
    assert result.stdout == "7 some data some data\n['data.txt', 'helper.py', 'log.txt', 'main.py'] / import\n"
    assert (tmp_path / "project" / "log.txt").read_text() == "written"


def test_a_module_that_no_board_has_is_named_with_the_way_to_have_it(app, twincore):
    script = app("import sqlite3\nprint(sqlite3.sqlite_version_info > (3,))\n")
    result = twincore("run", script)
    assert result.returncode == 1 and 'app.py", line 1' in result.stderr
    assert "no module named 'sqlite3': no board has it" in result.stderr
    assert "`twincore run --allow sqlite3`" in result.stderr
    assert twincore("run", script, "--allow", "sqlite3").stdout == "True\n"
    assert twincore("run", script, "--on", "cpython").stdout == "True\n"


def test_a_uart_of_the_board_toml_may_be_a_pseudo_terminal(app, started):
    serial = pytest.importorskip("serial", reason="the extra `serial` is not installed")
    app("[uart.0]\npty = true\n", "board.toml")
    script = app(
        "from machine import UART\nu = UART(0, 115200, timeout=20000)\nprint('ready')\n"
        "print(u.readline())\nu.write('pong')\nprint(u.readline())\n"
    )
    process = started("run", script)
    told = process.stderr.readline().decode()
    assert told.startswith("twincore: UART(0) is at /dev/")
    assert process.stdout.readline() == b"ready\n"
    with serial.Serial(told.split()[-1], timeout=10) as program:
        program.write(b"ping\n")
        assert program.read(4) == b"pong"
        program.write(b"end\n")
    assert process.communicate(timeout=20)[0] == b"b'ping\\n'\nb'end\\n'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--board", "picco"], "no board is called 'picco': did you mean pico? there are pico, pico2, pyboard, esp32"),
        (["--link", "2:X1"], "--link 2:X1: a pico has no pin 'X1'"),
        (["--link", "b.2:3"], "--link b.2:3: b.2 is pin 2 of another board, b: there is one board only so far"),
        (["--wiring", "none.toml"], "there is no file none.toml"),
        (["--wiring", "app.py"], "app.py: this is no TOML: "),
        (["--link", "2:3", "--on", "cpython"], "--link is for a simulated or an emulated board: leave"),
        (["--virtual", "--on", "cpython"], "--virtual is for the simulated board: leave --on cpython out"),
        (["--panel", "--on", "micropython"], "--panel is for a simulated or an emulated board: leave"),
        (["--board", "pico", "--on", "cpython"], "--board is for the simulated board: leave --on cpython out"),
        (["--wiring", "x", "--on", "cpython"], "--wiring is for a simulated or an emulated board: leave"),
        (["--allow", "x", "--on", "cpython"], "--allow is for the simulated board: leave --on cpython out"),
        (["--on", "desktop"], "no 'desktop': there is simulated, cpython,"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(app, twincore, arguments, message):
    app("x = 1\ny =\n")
    result = twincore("run", "app.py", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"twincore: {message}") or message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_panel_without_a_terminal_is_said_and_the_application_runs(app, twincore):
    result = twincore("run", app("print('ran')\n"), "--panel")
    assert (result.returncode, result.stdout) == (0, "ran\n")
    assert result.stderr == "twincore: --panel needs a terminal, and the output is none: running without it\n"


def test_starting_imports_nothing_that_only_other_commands_need(app):
    script = app("")
    run = (
        "import sys\nsys.argv = ['twincore', 'run', sys.argv[1]]\nfrom twincore.desktop import cli\n"
        "try:\n    cli.main()\nfinally:\n    print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", run, script], capture_output=True, text=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "twincore.desktop.firmware.world" in loaded
    assert not loaded & {"rich", "asyncio", "serial", "tomllib", "littlefs", "ssl", "twincore.desktop.chips"}
    assert not loaded & {f"twincore.desktop.{name}" for name in ("emulator", "image", "install", "panel", "unix_port")}
