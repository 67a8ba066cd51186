"""What a run of an application can be asked, and how it is refused what makes no sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


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
    boots: int = 1

    def asked_for(self) -> list[str]:
        """The options of the command that differ from what they are if nothing is said."""
        asked = [name for name, default in vars(NOTHING_ASKED).items() if getattr(self, name) != default]
        return ["--link" if name == "links" else f"--{name}" for name in asked]


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
