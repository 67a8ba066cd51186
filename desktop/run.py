"""`twincore run`: one application, unchanged, on a simulated board, on CPython, on MicroPython or the emulated RP2040.

Output streams through, Ctrl-C is the application's, and its exit code is returned.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import targets

SIMULATED = "simulated"
PLACES = (SIMULATED, "cpython", *targets.ALL)
AT_A_PORT = ("--file", "--timeout")  # what a board at a port can be asked, too
WIRING = ("--link", "--wiring")  # which an emulated board has, too


class BadUse(Exception):
    """What was asked for makes no sense; the text is one line that says why."""


@dataclass(frozen=True)
class Simulation:
    """What is asked of the simulated board, and of both what is around it; see `simulated.run`."""

    board: str | None = None
    links: Sequence[str] = ()
    wiring: Path | None = None
    virtual: bool = False
    allow: Sequence[str] = ()
    panel: bool = False

    def asked_for(self) -> list[str]:
        """The options of the command that differ from what they are if nothing is said."""
        asked = [name for name, default in vars(NOTHING_ASKED).items() if getattr(self, name) != default]
        return [f"--{name.rstrip('s')}" for name in asked]


NOTHING_ASKED = Simulation()


@dataclass(frozen=True)
class Emulation:
    """What is asked of the emulated board; see `emulator.sessions`.

    seeds: run that many interleavings, from `seed` on; files: put beside the script on the board; until: seconds of
    emulated time; timeout: seconds of real time; firmware: a .uf2 or .bin file, in place of the target's own;
    no_aliases: `import asyncio` is the firmware's own.
    """

    seed: int | None = None
    seeds: int | None = None
    jitter: int | None = None
    until: float | None = None
    timeout: float | None = None
    files: Sequence[Path] = ()
    stdin: bool = False
    firmware: Path | None = None
    no_aliases: bool = False

    def asked_for(self) -> list[str]:
        """The options of the command that differ from what they are if nothing is said."""
        asked = [name for name, default in vars(NO_EMULATION).items() if getattr(self, name) != default]
        return ["--file" if name == "files" else f"--{name.replace('_', '-')}" for name in asked]


NO_EMULATION = Emulation()


def run_application(
    script: Path,
    place: str = SIMULATED,
    args: Sequence[str] = (),
    *,
    simulation: Simulation = NOTHING_ASKED,
    emulation: Emulation = NO_EMULATION,
) -> int:
    """Run the script at `place` (one of PLACES, or a port) with this process's streams; return its exit code.

    Args: simulation, for the simulated board only, but for links and wiring; emulation, for rp2040 only, but for files
    and timeout. Raises BadUse, TargetMissing, DeployError when a board at a port does not do what it should, and
    ValueError when the files do not fit on the board, or the wiring does not fit it.
    """
    check_script(script)
    at_port = place not in PLACES
    emulated_board = not at_port and targets.is_emulated(place)
    for option in emulation.asked_for():
        if not emulated_board and not (at_port and option in AT_A_PORT):
            raise BadUse(f"{option} is for the emulated board: add --on rp2040")
    for option in simulation.asked_for():
        if place != SIMULATED and not (emulated_board and option in WIRING):
            boards = "a simulated or an emulated board" if option in WIRING else "the simulated board"
            raise BadUse(f"{option} is for {boards}: leave --on {place} out")
    if place == SIMULATED:
        return _simulated(script, args, simulation)
    if emulated_board:
        from . import emulated

        return emulated.run(script, args, emulation, simulation.links, simulation.wiring, place=place)
    if at_port:
        return _at_port(place, script, args, emulation)
    from .process import stream

    if place in targets.ALL:
        from . import staging, unix_port

        aliases = [staging.aliases_folder()] if staging.uses_aliases(script) else []
        return stream(unix_port.command(script, args, target=place, path_first=aliases))
    from . import cpython

    return stream(cpython.command(script, args))


def check_script(script: Path) -> None:
    """Raise BadUse unless the script is a file that can be read."""
    if script.is_dir():
        raise BadUse(f"{script} is a folder: give the application's file")
    try:
        script.open("rb").close()
    except FileNotFoundError:
        raise BadUse(f"there is no file {script}") from None
    except OSError as error:
        raise BadUse(f"cannot read {script}: {error.strerror}") from None


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
