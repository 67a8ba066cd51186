"""`twincore test`: what it prints, and its exit codes."""

import os
import re
import signal
import time

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
PASSING = "def test_a(): pass\nasync def test_b(): print('in it')\n"
FAILING = """
import sys

def test_a():
    print("before")
    assert sys.platform == "none"

def test_b():
    pass
"""


def test_all_pass_in_several_places(twincore, file, target_is_here):
    target_is_here("micropython")
    file(PASSING)
    result = twincore("test", "--on", "desktop", "--on", "micropython", ".")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:2] == ["test_it.py on desktop  ..", "test_it.py on micropython  .."]
    assert [re.findall(r"\w+", line)[:4] for line in lines if "│" in line] == [
        ["desktop", "2", "0", "0"],
        ["micropython", "2", "0", "0"],
    ]


def test_a_failure_on_seeds_is_shown_once_with_the_command_that_repeats_it(twincore, file, target_is_here):
    target_is_here("rp2040")
    file(FAILING)
    result = twincore("test", "--on", "rp2040", "--seeds", "2", "--jitter", "30", "test_it.py", timeout=100)
    assert (result.returncode, result.stderr) == (1, "")
    failure = result.stdout.partition("\n\n")[2].partition("\n\n")[0].splitlines()
    again = "twincore test --on rp2040 --seed 1 --jitter 30 test_it.py::test_a"
    assert failure == [
        "FAILED test_it.py::test_a on rp2040-seed1",
        "and in the same way test_a on rp2040-seed2",
        "it printed:",
        "    before",
        "Traceback (most recent call last):",
        '  File "test_it.py", line 6, in test_a',
        '    assert sys.platform == "none"',
        "AssertionError: assert 'rp2' == 'none'",
        f"again: {again}",
    ]
    repeated = twincore(*again.split()[1:])
    assert repeated.returncode == 1 and "assert 'rp2' == 'none'" in repeated.stdout


def test_verbose_shows_each_test_and_what_it_prints(twincore, file):
    file(PASSING)
    result = twincore("test", "-v", "test_it.py")
    assert re.sub(r"0\.0\d\d s", "TIME", result.stdout).splitlines()[:3] == [
        "test_it.py::test_a on desktop  passed  TIME",
        "test_it.py::test_b on desktop  passed  TIME",
        "    in it",
    ]


def test_a_time_limit_is_given(twincore, file, target_is_here):
    target_is_here("micropython")
    file("def test():\n    while True: pass\n")
    result = twincore("test", "--on", "micropython", "--timeout", "0.5", "test_it.py")
    assert result.returncode == 1
    assert "no result after 0.5 s; it was here:" in result.stdout
    assert "again: twincore test --on micropython --timeout 0.5 test_it.py\n" in result.stdout


def test_twincore_itself_is_tested_if_nothing_is_named(twincore, target_is_here):
    target_is_here("micropython")
    result = twincore("test", "--on", "micropython")
    assert result.returncode == 0, result.stdout
    assert [line.split("/")[-1].split()[0] for line in result.stdout.splitlines() if " on micropython " in line] == [
        f"test_{layer}.py" for layer in ("core", "drivers", "offload", "primitives", "threadsafe")
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["."], 5, "no tests: they are in files test_*.py"),
        (["nowhere.py"], 2, "there is no file or folder nowhere.py"),
        (["--on", "rp204", "."], 2, "no place 'rp204'"),
        (["--seeds", "2", "."], 2, "seeds, jitter and firmware are for the emulated board: add rp2040"),
    ],
)
def test_bad_use_is_told_in_one_line(twincore, arguments, code, says):
    result = twincore("test", *arguments)
    assert result.returncode == code
    assert says in (result.stdout + result.stderr)
    assert len((result.stdout + result.stderr).splitlines()) == 1


def test_a_missing_target_is_told(twincore, file, no_targets):
    file(PASSING)
    result = twincore("test", "--on", "micropython", ".")
    assert result.returncode == 2
    assert result.stderr == "twincore: micropython is not installed: run `twincore fetch micropython`\n"


def test_a_data_file_that_is_missing_is_told(twincore, file):
    file("TARGET_FILES = ['nowhere.txt']\ndef test(): pass\n")
    result = twincore("test", "test_it.py")
    assert result.returncode == 2
    assert result.stderr == "twincore: test_it.py: TARGET_FILES names nowhere.txt: No such file or directory\n"


def test_ctrl_c_ends_what_runs(started, file, target_is_here, tmp_path):
    target_is_here("micropython")
    file("def test_a(): pass\ndef test_b():\n    while True: pass\ndef test_c(): pass\n", "test_never_reached.py")
    pid = tmp_path / "pid"
    file(f"import os\nos.system('echo $PPID > {pid}.new; mv {pid}.new {pid}')\nwhile True: pass\n", "test_script.py")
    process = started("test", "--on", "micropython", "--jobs", "1", "test_script.py", "test_never_reached.py")
    for _ in range(3000):
        if pid.exists():
            break
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stderr) == (130, b"")
    assert stdout.decode().endswith("\ntwincore: interrupted: 4 tests have no result\n")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_after_ctrl_c_what_was_known_is_told(started, file, target_is_here):
    target_is_here("micropython")
    file("def test_a(): assert 0\n", "test_1.py")
    file("def test_b(): pass\ndef test_c(): pass\n", "test_2.py")
    file("while True: pass\n", "test_3.py")
    process = started("test", "--on", "micropython", "--jobs", "1", ".")
    said = [process.stdout.readline() for _ in range(2)]
    assert said == [b"test_1.py on micropython  F\n", b"test_2.py on micropython  ..\n"]
    process.send_signal(signal.SIGINT)
    text = process.communicate(timeout=20)[0].decode()
    assert process.returncode == 130
    assert "FAILED test_1.py::test_a on micropython\n" in text
    assert re.findall(r"\w+", text.splitlines()[-3])[:3] == ["micropython", "2", "1"]
    assert text.endswith("\ntwincore: interrupted: 1 test has no result\n")


def test_help_teaches_by_examples(twincore):
    result = twincore("test", "--help")
    assert result.returncode == 0 and "twincore test --on rp2040 --seeds 20 tests_on_board/" in result.stdout
