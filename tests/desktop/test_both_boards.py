"""One program prints the same on the simulated board and on the emulated RP2040, real firmware on both its cores.

Pin 2 is wired to pin 3 on both, and pin 0, where UART 0 sends, to pin 1, where it receives.
"""

import sys
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.process import Command, capture
from twincore.desktop.wiring import Wiring

LINKS = ("GP2:GP3", "GP0:GP1")
PROGRAMS = sorted((Path(__file__).parent / "both_boards").glob("*.py"))

pytestmark = [pytest.mark.timeout(180)]


def simulated(program, *options):
    links = [option for link in LINKS for option in ("--link", link)]
    command = [sys.executable, "-m", "twincore.desktop", "run", *links, *options, str(program)]
    return capture(Command(command, {}), timeout=60)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_it_prints_the_same_on_both(target_is_here, program):
    target_is_here("rp2040")
    emulated = emulator.run(program, wiring=Wiring().add_links(LINKS), wall_limit=120)
    assert emulated.exit_code == 0, emulated.stderr
    for options in (["--virtual"], []):
        found = simulated(program, *options)
        assert found.exit_code == 0, found.stderr
        assert found.stdout == emulated.stdout
