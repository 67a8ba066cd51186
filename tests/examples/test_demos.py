"""The small examples, each of one thing, on every machine that has what they need."""

import shutil
import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.targets import cpython, unix_port
from twincore.desktop.wiring import Wiring

EXAMPLES = Path(__file__).parents[2] / "examples"
SAYS = {
    "gather": ["each: 42 or TimeoutError, CancelledError, ValueError", "the other went on: 42"],
    "rate": ["3 tasks:", "100 tasks:", "all had their turn"],
    "leds": ["3 LEDs flashed"],
    "polling": ["moved to 20 0 5\nmoved to 0 -20 5\nmoved to 0 0 20\nit lies still\n", "3 moves, quiet at times"],
    "stream_device": ["received b'hello\\n'", "received b'a character at a time\\n'"],
    "uart": [
        "line b'hello\\n'",
        "packet b'\\x01\\x02\\x03'",
        "packet b'a longer one'",
        "AT+CSQ [b'+CSQ: 17,0\\r\\n', b'OK\\r\\n']",
        "the end",
    ],
}
WIRES = {"uart": [("GP0", "GP5"), ("GP4", "GP1")]}
ANYWHERE = ["gather", "rate", "polling"]  # without a board


def check(name, result):
    assert result.exit_code == 0, result.stdout + result.stderr
    for text in SAYS[name]:
        assert text in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize("name", ANYWHERE)
def test_on_cpython(name):
    check(name, cpython.run(EXAMPLES / f"{name}.py", timeout=60))


@pytest.mark.parametrize("name", ANYWHERE)
def test_on_the_unix_port(target_is_here, name):
    target_is_here("micropython")
    check(name, unix_port.run(EXAMPLES / f"{name}.py", timeout=60))


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize("time", [[], ["--virtual"]])
def test_on_a_simulated_board(name, time):
    pytest.importorskip("click", reason="the extra `cli` is not installed")
    links = [option for one, other in WIRES.get(name, []) for option in ("--link", f"{one}:{other}")]
    run = [sys.executable, "-m", "twincore.desktop", "run", str(EXAMPLES / f"{name}.py"), *links, *time]
    check(name, capture(Command(run), timeout=60))


def test_a_pyboards_accelerometer_is_polled(tmp_path):
    pytest.importorskip("click", reason="the extra `cli` is not installed")
    program = shutil.copy(EXAMPLES / "polling.py", tmp_path)  # away from the wires of the examples
    run = [sys.executable, "-m", "twincore.desktop", "run", "--board", "pyboard", "--virtual", str(program)]
    result = capture(Command(run), timeout=60)
    assert (result.exit_code, result.stdout) == (0, "it lies still\n" * 4 + "0 moves, quiet at times\n")


@pytest.mark.parametrize("name", SAYS)
def test_on_the_emulated_board(target_is_here, name):
    target_is_here("rp2040")
    wiring = Wiring().add_links(f"{one}:{other}" for one, other in WIRES.get(name, []))
    result = emulator.run(EXAMPLES / f"{name}.py", wiring=wiring, wall_limit=100)
    check(name, result)
    assert not result.deadlock
