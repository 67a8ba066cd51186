"""`twincore run`: one application, unchanged, on a simulated board, on CPython, on MicroPython or the emulated RP2040.

Output streams through, Ctrl-C is the application's, and its exit code is returned.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from . import targets
from .options import NO_EMULATION, NOTHING_ASKED, BadUse, Emulation, Simulation, check_script

SIMULATED = "simulated"
PLACES = (SIMULATED, "cpython", *targets.ALL)
AT_A_PORT = ("--file", "--timeout")  # what a board at a port can be asked, too
BOTH_BOARDS = ("--link", "--wiring", "--panel")  # which an emulated board has, too


def run_application(
    script: Path,
    place: str = SIMULATED,
    args: Sequence[str] = (),
    *,
    simulation: Simulation = NOTHING_ASKED,
    emulation: Emulation = NO_EMULATION,
) -> int:
    """Run the script at `place` (one of PLACES, or a port) with this process's streams; return its exit code.

    Args: simulation, for the simulated board only, but for links, wiring and panel; emulation, for rp2040 only, but for
    files and timeout. Raises BadUse, TargetMissing, DeployError when a board at a port does not do what it should, and
    ValueError when the files do not fit on the board, or the wiring does not fit it.
    """
    check_script(script)
    at_port = place not in PLACES
    emulated_board = not at_port and targets.is_emulated(place)
    for option in emulation.asked_for():
        if not emulated_board and not (at_port and option in AT_A_PORT):
            raise BadUse(f"{option} is for the emulated board: add --on rp2040")
    for option in simulation.asked_for():
        if place != SIMULATED and not (emulated_board and option in BOTH_BOARDS):
            boards = "a simulated or an emulated board" if option in BOTH_BOARDS else "the simulated board"
            raise BadUse(f"{option} is for {boards}: leave --on {place} out")
    if place == SIMULATED:
        return _simulated(script, args, simulation)
    if emulated_board:
        from .emulation import emulated

        return emulated.run(
            script, args, emulation, simulation.links, simulation.wiring, place=place, panel=simulation.panel
        )
    if at_port:
        return _at_port(place, script, args, emulation)
    from .process import stream

    if place in targets.ALL:
        from .targets import staging, unix_port

        aliases = [staging.aliases_folder()] if staging.uses_aliases(script) else []
        return stream(unix_port.command(script, args, target=place, path_first=aliases))
    from .targets import cpython

    return stream(cpython.command(script, args))


def _simulated(script: Path, args: Sequence[str], simulation: Simulation) -> int:
    from . import simulated

    return simulated.run(
        script,
        args,
        kind=simulation.board,
        links=simulation.links,
        wiring=simulation.wiring,
        virtual=simulation.virtual,
        allow=simulation.allow,
        panel=simulation.panel,
        boots=simulation.boots,
    )


def _at_port(port: str, script: Path, args: Sequence[str], asked: Emulation) -> int:
    from .deploy import running

    for file in asked.files:
        check_script(file)
    files = {file.name: file for file in asked.files}
    result = running.run(
        port,
        script,
        args=args,
        files=files,
        timeout=asked.timeout,
        echo=lambda text: print(text, end="", flush=True),
        say=lambda line: print(line, file=sys.stderr),
    )
    print(result.stderr, end="", file=sys.stderr)
    return result.exit_code
