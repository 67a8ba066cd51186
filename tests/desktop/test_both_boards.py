"""One program prints the same on the simulated board and on the emulated RP2040, real firmware on both its cores.

Pin 2 is wired to pin 3 on both. Not compared: UARTs, whose bits the emulation does not put on its pins.
"""

import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture

PROGRAMS = sorted((Path(__file__).parent / "both_boards").glob("*.py"))

pytestmark = [pytest.mark.timeout(180)]


def simulated(program, *options):
    command = [sys.executable, "-m", "twincore.desktop", "run", "--link", "GP2:GP3", *options, str(program)]
    return capture(Command(command, {}), timeout=60)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_it_prints_the_same_on_both(target_is_here, program):
    target_is_here("rp2040")
    emulated = emulator.run(program, wires=[(2, 3)], wall_limit=120)
    assert emulated.exit_code == 0, emulated.stderr
    for options in (["--virtual"], []):
        found = simulated(program, *options)
        assert found.exit_code == 0, found.stderr
        assert found.stdout == emulated.stdout
