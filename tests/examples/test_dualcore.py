"""examples/dualcore.py, the main job: the same file on every machine, and nothing lost on any."""

import re
import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.targets import cpython, unix_port

EXAMPLE = Path(__file__).parents[2] / "examples" / "dualcore.py"
SAMPLES = 128


def check(result, samples=SAMPLES):
    assert result.exit_code == 0, result.stdout + result.stderr
    report = dict(re.findall(r"^(.{20})(.*)$", result.stdout.replace("\r", ""), re.M))
    report = {name.strip(): value for name, value in report.items()}
    assert report["samples in"] == report["samples out"] == str(samples)
    assert report["lost"] == report["out of order"] == "0"
    assert report["blocks verified"] == f"{samples // 64} of {samples // 64}"
    assert int(report["file reads awaited"].split()[0]) > 0
    assert re.fullmatch(r"\d+ us", report["wake-up p50"])
    assert re.fullmatch(r"\d+ us", report["wake-up p99"])
    assert re.fullmatch(r"[\d.]+ ms .*", report["longest heartbeat"])
    return report


def test_it_loses_nothing_on_cpython():
    result = cpython.run(EXAMPLE, args=[str(SAMPLES)], timeout=60)
    check(result)
    assert "localhost is" in result.stdout


@pytest.mark.parametrize("time", [[], ["--virtual"]])
def test_it_loses_nothing_on_a_simulated_board_whose_wire_is_in_the_board_toml(time):
    pytest.importorskip("click", reason="the extra `cli` is not installed")
    command = [sys.executable, "-m", "twincore.desktop", "run", str(EXAMPLE), *time, "--", str(SAMPLES)]
    report = check(capture(Command(command), timeout=60))
    if time:
        assert float(report["longest heartbeat"].split()[0]) < 11


def test_it_loses_nothing_on_the_unix_port(target_is_here):
    target_is_here("micropython")
    check(unix_port.run(EXAMPLE, args=[str(SAMPLES)], timeout=60))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_loses_nothing_on_the_emulated_board_and_the_scheduler_never_stalls(target_is_here, seed):
    target_is_here("rp2040")
    report = check(emulator.run(EXAMPLE, args=[str(SAMPLES)], seed=seed, jitter=40, wall_limit=100))
    assert float(report["longest heartbeat"].split()[0]) < 100  # emulated time: a transform alone takes that long


def test_the_same_job_twice_in_one_process_starts_afresh(tmp_path):
    """No state is retained: `runpy` executes the same file, on the same imported library, a second time."""
    twice = tmp_path / "twice.py"
    twice.write_text(
        "import runpy, sys\n"
        f"sys.argv[:] = [{str(EXAMPLE)!r}, '64']\n"
        "for _ in range(2):\n"
        "    try:\n"
        "        runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "    except SystemExit as end:\n"
        "        print('ended with', end.code)\n"
    )
    result = cpython.run(twice, timeout=60)
    assert result.stdout.count("ended with 0") == 2, result.stdout + result.stderr
    assert result.stdout.count("all samples accounted for") == 2
