"""`twincore run --on rp2040` as a person uses it: seeds, limits, and what is told of a run that did not end itself."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator

# With some seeds core 1 looks while an odd number is there.
RACE = """
import _thread
box = [0, 0]
def other():
    for n in range(100): pass
    box[1] = box[0]
_thread.start_new_thread(other, ())
for n in range(4000):
    box[0] = n
print("core 1 saw", box[1])
raise SystemExit(3 if box[1] % 2 else 0)
"""


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("rp2040")


def test_seeds_are_told_in_order_and_a_failing_one_repeats(app, twincore):
    result = twincore("run", app(RACE), "--on", "rp2040", "--seeds", 6, "--seed", 3)
    table = re.findall(r"^ +(\d+) +(\d+) +\d+\.\d ms  (ok|exit code 3)$", result.stdout, re.M)
    assert [int(seed) for seed, _, _ in table] == [3, 4, 5, 6, 7, 8]
    failing = [(seed, code) for seed, code, _ in table if code != "0"]
    assert 0 < len(failing) < 6
    assert result.returncode == 3
    first = failing[0][0]
    printed = re.search(rf"^seed {first} printed:\n(core 1 saw \d+)\n", result.stdout, re.M)[1]
    assert f"\n{len(failing)} of 6 seeds failed; seed {first} again:\n" in result.stdout
    again = result.stdout.splitlines()[-1].split()
    assert again[0] == "twincore"
    repeated = twincore(*again[1:])
    assert (repeated.returncode, repeated.stdout) == (3, f"{printed}\n")


def test_seeds_of_which_none_fails(app, twincore):
    result = twincore("run", app("print('fine')\n"), "--on", "rp2040", "--seeds", 2)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("2 seeds ran to the end\n")
    assert "fine" not in result.stdout


def test_the_report_of_the_first_seed_that_hangs(app, twincore):
    script = app("import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()\n")
    result = twincore("run", script, "--on", "rp2040", "--seeds", 2)
    assert result.returncode == 70
    assert len(re.findall(r"^ +[12] +70 .* deadlock$", result.stdout, re.M)) == 2
    assert "deadlock: both cores asleep" in result.stderr
    assert "    app.py:4, in <module>\n" in result.stderr


def test_ctrl_c_ends_all_seeds(app, started):
    process = started("run", app("while True: pass\n"), "--on", "rp2040", "--seeds", 4)
    assert b"seed" in process.stdout.readline()
    boards = []
    while not boards:
        boards = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert not [board for board in boards if os.path.exists(f"/proc/{board}")]


def test_until_stops_on_the_second_and_is_no_failure(app, twincore):
    script = app("import time\nfor n in range(9):\n    time.sleep(1)\n    print(n)\n")
    result = twincore("run", script, "--on", "rp2040", "--until", 3.5)
    assert (result.returncode, result.stdout) == (0, "0\n1\n2\n")
    assert result.stderr.startswith("stopped after 3.5 s of emulated time, as asked\ncore 0 sleeps")
    assert emulator.run(script, until=3.5).emulated_ms == pytest.approx(3500, abs=0.001)


def test_a_timeout_is_a_failure_and_tells_where_the_time_goes(app, twincore):
    script = app("def spin():\n    while True: pass\nspin()\n")
    result = twincore("run", script, "--on", "rp2040", "--timeout", 1)
    assert result.returncode == 124
    assert result.stderr.startswith("stopped after 1 s\ncore 0 runs")
    assert "    app.py:2, in spin\n" in result.stderr


def test_a_second_ctrl_c_tells_what_the_program_is_doing(app, started):  # which blocks where Ctrl-C is not seen
    script = app(
        "import _thread, time\nlock = _thread.allocate_lock()\nlock.acquire()\n"
        "def busy():\n    time.sleep_ms(20)\n    while True: pass\n"
        "_thread.start_new_thread(busy, ())\nprint('ready')\ntime.sleep_ms(5)\nlock.acquire()\n"
    )
    process = started("run", script, "--on", "rp2040")
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.decode().startswith("interrupted twice: the program did not end at the first Ctrl-C\ncore 0 sleeps")
    assert "    app.py:10, in <module>\n" in err.decode() and "    app.py:6, in busy\n" in err.decode()


def test_a_reset_ends_the_run_and_says_so(app, twincore):
    result = twincore(
        "run", app("import machine, time\nprint('bye')\ntime.sleep_ms(5)\nmachine.reset()\n"), "--on", "rp2040"
    )
    assert (result.returncode, result.stdout) == (72, "bye\n")
    assert result.stderr == "the program has reset the board\n"


def test_the_watchdogs_reset_ends_the_run_and_says_so(app, twincore):
    script = app("import machine\nmachine.WDT(timeout=50)\nwhile True: pass\n")
    result = twincore("run", script, "--on", "rp2040")
    assert (result.returncode, result.stderr) == (72, "the watchdog has reset the board\n")


def test_the_bootloader_ends_the_run_and_says_so(app, twincore):
    script = app("import machine, time\nprint('bye')\ntime.sleep_ms(5)\nmachine.bootloader()\nprint('never')\n")
    result = twincore("run", script, "--on", "rp2040")
    assert (result.returncode, result.stdout) == (72, "bye\n")
    assert result.stderr == "the board waits for firmware in its bootloader, and the program has ended\n"


def test_a_crash_of_core_1_ends_the_run_and_says_where(app, twincore):
    script = app(
        "import _thread, machine, time\ndef crash():\n    machine.mem32[0x60000000]\n"
        "_thread.start_new_thread(crash, ())\ntime.sleep(9)\n"
    )
    result = twincore("run", script, "--on", "rp2040")
    assert result.returncode == 73
    assert re.match(r"core 1 crashed: hard fault at 0x1[0-9a-f]{7}: it reads 0x60000000, where", result.stderr)
    assert "core 1 runs (most recent call last):\n    app.py:3, in crash\n" in result.stderr


def test_time_and_date_are_the_boards_own_and_repeat(app):
    script = app("import machine, time\nprint(machine.RTC().datetime(), time.ticks_us(), time.time_ns())\n")
    assert len({emulator.run(script, seed=5, jitter=50).stdout for _ in range(2)}) == 1


def test_the_emulator_ends_if_the_command_is_killed(app, started):
    """Or it would compute for ever: nobody is left to stop it."""
    command = started("run", app("print('begins')\nwhile True:\n    pass\n"), "--on", "rp2040")
    assert command.stdout.readline() == b"begins\n"
    (emulated,) = [pid for task in Path(f"/proc/{command.pid}/task").iterdir() for pid in children(task)]
    command.kill()
    while running(emulated):  # bounded by pytest-timeout
        time.sleep(0.01)


def children(task):
    return (task / "children").read_text().split()


def running(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    "options, why",
    [
        (["--seeds", 2, "--stdin"], "--stdin goes to one board: leave --seeds out"),
        (["--seeds", 2, "--jitter", 0], "with --jitter 0 all seeds are alike: leave --jitter or --seeds out"),
        (["--seeds", 2, "--panel"], "--panel shows one board: leave --seeds out"),
        (["--stdin", "--panel"], "--panel has the keyboard for the board's buttons: leave --stdin out"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(app, twincore, options, why):
    result = twincore("run", app(""), "--on", "rp2040", *options)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"twincore: {why}\n")


def test_a_panel_without_a_terminal_is_said_and_the_application_runs(app, twincore):
    result = twincore("run", app("print('runs')\n"), "--on", "rp2040", "--panel")
    assert (result.returncode, result.stdout) == (0, "runs\n")
    said = "--panel needs a terminal, and the output is none: running without it"
    assert result.stderr == f"twincore: {said}\n"


@pytest.mark.parametrize("option", [["--seeds", "2"], ["--until", "1"], ["--timeout", "1"]])
def test_options_of_the_emulated_board_elsewhere_are_refused(app, twincore, option):
    result = twincore("run", app(""), *option)
    assert (result.returncode, result.stderr) == (
        2,
        f"twincore: {option[0]} is for the emulated board: add --on rp2040\n",
    )
