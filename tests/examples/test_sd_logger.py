"""examples/sd_logger.py: two tasks log to files on an SD card, which core 1 writes."""

import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.wiring import Wiring

from fat import files

EXAMPLE = Path(__file__).parents[2] / "examples" / "sd_logger.py"


@pytest.mark.parametrize("seed", [1, 2])
def test_on_core_1_of_the_emulated_board(target_is_here, seed):
    target_is_here("rp2040")
    wiring = Wiring.load(EXAMPLE.parent / "board.toml")
    result = emulator.run(EXAMPLE, wiring=wiring, seed=seed, jitter=40, wall_limit=100)
    assert (result.exit_code, result.stderr) == (0, ""), result
    lines = files(bytes(wiring.chips["card"].data))["LOG.CSV"].decode().split()
    for name in ("fast", "slow"):
        assert [line for line in lines if line.startswith(name)] == [f"{name},{n}" for n in range(40)]
    written = sum(map(len, lines)) + len(lines)
    assert result.stdout.splitlines() == [
        f"{written} bytes written, 0 lost, 0 lines dropped",
        "80 lines on a card of 1024 KB, damaged blocks: 0",
    ]


@pytest.mark.parametrize("time", [[], ["--virtual"]])
def test_on_core_1_of_the_simulated_board(time):
    pytest.importorskip("click", reason="the extra `cli` is not installed")
    result = capture(Command([sys.executable, "-m", "twincore.desktop", "run", *time, str(EXAMPLE)]), timeout=60)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "620 bytes written, 0 lost, 0 lines dropped",
        "80 lines on a card of 1024 KB, damaged blocks: 0",
    ]
