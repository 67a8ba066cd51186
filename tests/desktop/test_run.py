"""`twincore run` as a person uses it: the same behaviour on each machine, and Ctrl-C."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from twincore.desktop import cli

ENDINGS = {
    "sys.exit()": (0, ""),
    "sys.exit(7)": (7, ""),
    "sys.exit('a message')": (1, "a message\n"),
    "raise SystemExit(3)": (3, ""),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_exit_code_of_the_application_is_passed_on(place, app, twincore, ending):
    result = twincore("run", app(f"import sys\nprint('out')\n{ending}\n"), "--on", place)
    assert (result.returncode, result.stderr) == ENDINGS[ending]
    assert result.stdout == "out\n"


def test_an_uncaught_exception_gives_1_and_a_traceback_that_names_the_application(place, app, twincore):
    result = twincore("run", app("def f():\n    raise ValueError('why')\nf()\n"), "--on", place)
    assert (result.returncode, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert 'app.py", line 3, in <module>' in lines[1]
    assert lines[-1] == "ValueError: why"
    assert "<stdin>" not in result.stderr


def test_a_syntax_error_names_the_application(place, app, twincore):
    result = twincore("run", app("x = 1\ndef\n"), "--on", place)
    assert result.returncode == 1
    assert 'app.py", line 2' in result.stderr
    assert "SyntaxError" in result.stderr


def test_arguments_go_to_the_application(place, app, twincore):
    script = app("import sys\nprint(__name__, sys.argv)\n")
    result = twincore("run", "app.py", "--on", place, "one", "--two", "--", "--on", "3")
    assert script.name == "app.py"
    assert result.stdout == "__main__ ['app.py', 'one', '--two', '--on', '3']\n"


@pytest.mark.parametrize("given, ours", [(["--seds", "20"], "--seeds"), (["--onn=rp2040"], "--on")])
def test_what_looks_like_a_misspelt_option_is_said_to_go_to_the_application(app, twincore, given, ours):
    app("import sys\nprint(sys.argv[1:])\n")
    result = twincore("run", "app.py", *given)
    assert (result.returncode, result.stdout) == (0, f"{given}\n")
    option = given[0].partition("=")[0]
    assert f"{option} goes to the application; {ours} is an option of `twincore run`" in result.stderr
    assert twincore("run", "app.py", "--", *given).stderr == ""


def test_output_arrives_before_the_program_ends(place, app, started):
    process = started("run", app("import time\nprint('early')\nwhile True: time.sleep(1)\n"), "--on", place)
    assert process.stdout.readline() == b"early\n"
    assert process.poll() is None


WAITS = {
    "sleeping": "time.sleep(1000)",
    "computing": "while True: pass",
    "in short sleeps": "while True: time.sleep(0.01)",
}


@pytest.mark.parametrize("waiting", WAITS)
def test_ctrl_c_interrupts_the_application_whose_finally_blocks_run(place, app, started, waiting):
    forever = "while True: time.sleep(1)" if place == "rp2040" and waiting == "sleeping" else WAITS[waiting]
    script = app(f"import time\ntry:\n    print('ready')\n    {forever}\nfinally:\n    print('cleaned up')\n")
    process = started("run", script, "--on", place)
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert out == b"cleaned up\n"
    assert b"KeyboardInterrupt" in err
    assert process.returncode == 130


def test_a_second_ctrl_c_kills(place, app, started):
    script = app(
        "import time\ntry:\n    print('ready')\n    while True: time.sleep(0.01)\n"
        "except KeyboardInterrupt:\n    print('no')\n    while True: time.sleep(0.01)\n"
    )
    process = started("run", script, "--on", place)
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == b"no\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130


STARTS_UP = "from twincore.desktop.cli import main; print('starting', flush=True); main()"


@pytest.mark.parametrize("after", [0, 0.1, 0.2, 0.3])
def test_ctrl_c_during_start_up_ends_the_command_quietly(place, app, started, after):
    script = app("import time\nwhile True: time.sleep(1)\n")
    process = started("run", script, "--on", place, program=["-c", STARTS_UP])
    assert process.stdout.readline() == b"starting\n"
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        assert place == "cpython"  # where the application's own Python may drop it: see `interrupts`
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        assert b"Exception ignored in" in err
        return
    if b"init_import_site" not in err:  # else CPython itself was starting up, which it does not do quietly
        assert process.returncode == 130
        assert str(Path(cli.__file__).parent) not in err.decode()


def test_the_applications_input_is_this_commands_input(place, app, twincore):
    extra = ["--stdin"] if place == "rp2040" else []
    result = twincore("run", app("print('<' + input() + '>')\n"), "--on", place, *extra, input="typed\n")
    assert result.returncode == 0
    assert "<typed>" in result.stdout


def test_seed_and_jitter_repeat_a_run(target_is_here, app, twincore):
    target_is_here("rp2040")
    script = app(
        "import _thread, time\nticks = [0] * 9\n"
        "def other():\n    for i in range(9): ticks[i] = time.ticks_us()\n"
        "_thread.start_new_thread(other, ())\n"
        "time.sleep_ms(9)\nprint(ticks)\n"
    )
    first, again, other = (
        twincore("run", script, "--on", "rp2040", "--seed", seed, "--jitter", 50).stdout for seed in (7, 7, 8)
    )
    assert first == again != other


def test_a_deadlock_has_an_exit_code_of_its_own(target_is_here, app, twincore):
    target_is_here("rp2040")
    script = app("import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()\n")
    result = twincore("run", script, "--on", "rp2040")
    assert result.returncode == 70
    assert result.stderr.startswith("deadlock: both cores asleep and no alarm pending\n")


@pytest.mark.parametrize("extra, why", [((), "none comes: --stdin"), (("--stdin",), "of which there is no more")])
def test_who_waits_for_input_is_told_so_and_the_exit_code_is_no_deadlocks(target_is_here, app, twincore, extra, why):
    target_is_here("rp2040")
    result = twincore("run", app("input('? ')\ninput('?? ')\n"), "--on", "rp2040", *extra, input="first\n")
    assert result.returncode == 75
    assert result.stderr.strip().startswith("waits for input from the console, ") and why in result.stderr
    assert "deadlock" not in result.stderr
    assert result.stdout == ("? first\n?? " if extra else "? ")


def test_seeds_that_wait_for_input_are_listed_so(target_is_here, app, twincore):
    target_is_here("rp2040")
    result = twincore("run", app("input()\n"), "--on", "rp2040", "--seeds", 2)
    assert result.returncode == 75
    assert result.stdout.count("75") == 2 and result.stdout.count("waits for input\n") == 2


def test_a_file_goes_to_the_board_beside_the_application(target_is_here, app, twincore):
    target_is_here("rp2040")
    data = app("some data", "folder/data.txt")
    result = twincore("run", app("print(open('data.txt').read())\n"), "--on", "rp2040", "--file", data)
    assert result.stdout == "some data\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.py"], "there is no file nothing.py"),
        (["."], ". is a folder: give the application's file"),
        (["app.py", "--seed", "3"], "--seed is for the emulated board: add --on rp2040"),
        (["app.py", "--on", "micropython", "--jitter", "3"], "--jitter is for the emulated board: add --on rp2040"),
        (["app.py", "--on", "rp2040", "--seed", "0"], "'--seed'"),
        (["app.py", "--on", "rp2040", "--seed", "x"], "'--seed'"),
        (["app.py", "--on", "rp2040", "--jitter", "-1"], "'--jitter'"),
        (["app.py", "--on", "esp32"], "no 'esp32': there is simulated, cpython,"),
        (["app.py", "--on", "rp2040", "--file", "nothing.txt"], "there is no file nothing.txt"),
        (["app.py", "--on", "micropython"], "micropython is not installed: run `twincore fetch micropython`"),
        (["app.py", "--on", "rp2040"], "rp2040 is not installed: run `twincore fetch rp2040`"),
        ([], "Missing argument 'APP.py'"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(no_targets, app, twincore, arguments, message):
    app("")
    result = twincore("run", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("twincore: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
