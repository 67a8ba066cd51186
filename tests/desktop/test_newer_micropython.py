"""The library runs on a second, newer version of MicroPython, on the unix port and on both cores of the board.

A part of the tests is run here, one seed on the board; `make test-newer` runs them all.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from twincore.desktop import targets
from twincore.desktop.emulation import builds

TESTS = Path(__file__).parent.parent
EXAMPLE = TESTS.parent / "examples" / "dualcore.py"
UNIX, BOARD = targets.ALL[len(targets.NAMES) :]
ONE_SEED = "rp2040-seed1- or rp2040-seed1]"
PART = ("core/test_sleep.py", "core/test_doorbell.py", "threadsafe/test_event.py", "offload/test_worker.py")


@pytest.fixture(autouse=True)
def here(target_is_here):
    for name in (UNIX, BOARD):
        target_is_here(name)


def test_it_is_another_version_on_the_board_as_on_the_unix_port(app, twincore):
    script = app("import sys, twincore.core\nprint(sys.implementation.version[:2])\n")
    version = tuple(map(int, targets.NEWER_VERSION.split(".")))
    for place in (UNIX, BOARD):
        assert twincore("run", script, "--on", place).stdout == f"{version}\n"
    assert builds.of_target("rp2040").version != builds.of_target(BOARD).version


@pytest.mark.parametrize("place", [UNIX, BOARD])
def test_the_main_example_runs(twincore, place):
    result = twincore("run", EXAMPLE, "--on", place, timeout=110)
    assert result.returncode == 0
    assert result.stdout.endswith("all samples accounted for, all results verified\n")


@pytest.mark.timeout(180)
def test_a_part_of_the_tests_passes_on_the_board():
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", ONE_SEED, *PART],
        cwd=TESTS,
        env={**os.environ, "TWINCORE_MICROPYTHON": targets.NEWER_VERSION},
        capture_output=True,
        text=True,
        timeout=170,
    )
    print(result.stdout)
    assert result.returncode == 0
    assert " passed" in result.stdout
