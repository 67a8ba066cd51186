"""examples/loop_per_core.py: a scheduler on each core, on every machine."""

import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.targets import cpython, unix_port

EXAMPLE = Path(__file__).parents[2] / "examples" / "loop_per_core.py"


def check(result):
    assert result.exit_code == 0, result.stdout + result.stderr
    assert "20 readings, none lost" in result.stdout


def test_on_cpython():
    check(cpython.run(EXAMPLE, timeout=60))


@pytest.mark.parametrize("options", [[], ["--virtual"]])
def test_on_a_simulated_board(options):
    pytest.importorskip("click", reason="the extra `cli` is not installed")
    check(capture(Command([sys.executable, "-m", "twincore.desktop", "run", *options, str(EXAMPLE)]), timeout=60))


def test_on_the_unix_port(target_is_here):
    target_is_here("micropython")
    check(unix_port.run(EXAMPLE, timeout=60))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_both_cores_of_the_emulated_board(target_is_here, seed):
    target_is_here("rp2040")
    result = emulator.run(EXAMPLE, seed=seed, jitter=50, wall_limit=100)
    check(result)
    assert not result.deadlock
