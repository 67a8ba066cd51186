"""`twincore deploy` and `twincore run --on PORT`, as commands, on an emulated board that is served."""

import re
import socket
from pathlib import Path

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(150)]

DOCS = (Path(__file__).parents[3] / "docs" / "deploying.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.M | re.S)


def test_the_example_of_the_docs_from_nothing_changed_and_taken_back(twincore, app, port):
    sensor, logger = blocks("py")
    app(sensor, "sensor.py")
    script = app(logger, "logger.py")
    dry = twincore("deploy", port, script, "--main", "--dry-run")
    assert "/lib/twincore/core/loop.mpy" in dry.stdout and "Nothing was written" in dry.stdout

    first = twincore("deploy", port, script, "--main", timeout=120)
    assert (first.returncode, first.stderr) == (0, "")
    board, copied, main = first.stdout.splitlines()
    assert board.startswith(f"{port}: Raspberry Pi Pico with RP2040, MicroPython 1.")
    all_files = re.fullmatch(r"(\d+) files copied \(\d+\.\d kB\); verified", copied)
    assert int(all_files[1]) > 10
    assert main == "logger.py runs when the board starts, as it does now"
    assert heard_from(port, "it is") == "it is 21"

    app(sensor.replace("21", "22"), "sensor.py")
    [console] = blocks("console")
    for command, said in re.findall(r"^\$ twincore (.*)\n((?:[^$].*\n)*)", console, re.M):
        done = twincore(*command.replace("socket://127.0.0.1:4455", port).split())
        assert done.stdout.replace(port, "socket://127.0.0.1:4455") == said
        assert (done.returncode, done.stderr) == (0, "")
        assert heard_from(port, "it is") == ("it is 21" if "--rollback" in command else "it is 22")
    nothing = twincore("deploy", port, app(sensor, "sensor.py").with_name("logger.py"))
    assert nothing.stdout.splitlines()[1:] == [f"nothing to do: {all_files[1]} files there and verified"]


def heard_from(port, start):
    """The next whole line with that start which the board prints, left alone."""
    host, number = port.removeprefix("socket://").split(":")
    said = b""
    with socket.create_connection((host, int(number)), timeout=60) as console:
        while True:
            said += console.recv(4096)
            found = re.search(rf"\n({start}[^\r\n]*)\r\n", said.decode())
            if found:
                return found[1]


def test_what_makes_no_sense_is_refused_before_a_board_is_touched(twincore, app, tmp_path):
    app("def broken(:\n", "helper.py")
    (tmp_path / "folder").mkdir()
    script = app("import helper\n")
    for arguments, message in (
        (["deploy", "no.py"], "there is no file no.py"),
        (["deploy", "a0", "a1"], "one port and one application, which ends in .py: a1 is too much"),
        (["deploy", "logger"], "logger is no port, such as auto, /dev/ttyACM0 or COM3, and no application"),
        (["deploy", "folder"], "folder is no port, but a folder: give the application's file"),
        (["deploy", "127.0.0.1:4455", script], "127.0.0.1:4455 is no port: did you mean socket://127.0.0.1:4455?"),
        (["deploy", script, "--file", "folder"], "--file folder is a folder: name its files, each with --file"),
        (["deploy", "--rollback", script], "--rollback brings back a whole deployment"),
        (["deploy", "/dev/ttyNone", script], "helper.py, line 1: "),
        (["run", script, "--on", "nowhere"], "no 'nowhere': there is simulated, "),
        (["run", script, "--on", "/dev/ttyNone", "--seed", "3"], "--seed is for the emulated board"),
    ):
        result = twincore(*arguments)
        assert result.stdout == ""
        assert message in result.stderr
        assert (result.returncode, result.stderr.count("\n")) in ((1, 1), (2, 1))
