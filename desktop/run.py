"""`twincore run`: one application, unchanged, on a simulated board, on CPython, on MicroPython or the emulated RP2040.

Output streams through, Ctrl-C is the application's, and its exit code is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import targets

SIMULATED = "simulated"
PLACES = (SIMULATED, "cpython", *targets.NAMES)


class BadUse(Exception):
    """What was asked for makes no sense; the text is one line that says why."""


@dataclass(frozen=True)
class Simulation:
    """What is asked of the simulated board; see `simulated.run`."""

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


def run_application(
    script: Path,
    place: str = SIMULATED,
    args: Sequence[str] = (),
    *,
    simulation: Simulation = NOTHING_ASKED,
    seed: int | None = None,
    jitter: int | None = None,
    files: Sequence[Path] = (),
    stdin: bool = False,
) -> int:
    """Run the script at `place` (one of PLACES) with this process's streams; return its exit code.

    Args: simulation, for the simulated board only; for rp2040 only: seed, jitter, the emulated board's interleaving;
    files, put beside the script on the board; stdin, type this process's input into the board.
    Raises BadUse, TargetMissing, and ValueError when the files do not fit on the board, or the wiring does not fit it.
    """
    check_script(script)
    emulated = {"--seed": seed is not None, "--jitter": jitter is not None, "--file": bool(files), "--stdin": stdin}
    for option, given in emulated.items():
        if given and place != "rp2040":
            raise BadUse(f"{option} is for the emulated board: add --on rp2040")
    for option in simulation.asked_for():
        if place != SIMULATED:
            raise BadUse(f"{option} is for the simulated board: leave --on {place} out")
    if place == SIMULATED:
        return _simulated(script, args, simulation)
    if place == "rp2040":
        return _emulated(script, args, seed=seed, jitter=jitter, files=files, stdin=stdin)
    from .process import stream

    if place == "micropython":
        from . import unix_port

        return stream(unix_port.command(script, args))
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


def _emulated(
    script: Path, args: Sequence[str], *, seed: int | None, jitter: int | None, files: Sequence[Path], stdin: bool
) -> int:
    from . import emulator
    from .process import stream

    for file in files:
        check_script(file)
    with emulator.session(
        script,
        args=args,
        files={file.name: file for file in files},
        seed=1 if seed is None else seed,
        jitter=jitter or 0,
        stdin=stdin,
    ) as prepared:
        return stream(prepared.command)
