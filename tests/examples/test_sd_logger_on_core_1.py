"""examples/sd_logger_on_core_1.py: a logger whose card is out for a while, on every machine."""

import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.targets import cpython, unix_port

EXAMPLE = Path(__file__).parents[2] / "examples" / "sd_logger_on_core_1.py"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def check(result):
    assert result.exit_code == 0, result.stdout + result.stderr
    assert "writing fails: [Errno 19]" in result.stdout
    assert "878 bytes" in result.stdout and "nothing lost" in result.stdout


def test_on_cpython():
    check(cpython.run(EXAMPLE, timeout=60))


@pytest.mark.parametrize("time", [[], ["--virtual"]])
def test_on_a_simulated_board(time):
    pytest.importorskip("click", reason="the extra `cli` is not installed")
    check(capture(Command([sys.executable, "-m", "twincore.desktop", "run", str(EXAMPLE), *time]), timeout=60))


def test_on_the_unix_port(target_is_here):
    target_is_here("micropython")
    check(unix_port.run(EXAMPLE, timeout=60))


@pytest.mark.parametrize("seed", [1, 2])
def test_on_core_1_of_the_emulated_board(target_is_here, seed):
    target_is_here("rp2040")
    result = emulator.run(EXAMPLE, seed=seed, jitter=40, wall_limit=100)
    check(result)
    assert not result.deadlock
