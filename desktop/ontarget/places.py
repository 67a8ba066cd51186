"""Where tests run: the simulated board, MicroPython's unix port, the emulated RP2040, a board at a port.

All are alike to what follows: a place is given a program, and gives the command that runs it, whose output, exit code
and reaction to Ctrl-C are the program's.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import targets
from ..options import BadUse
from ..process import Command

if TYPE_CHECKING:
    from ..emulation.builds import Build

DESKTOP, MICROPYTHON, RP2040 = "desktop", "micropython", "rp2040"
NAMES = (DESKTOP, MICROPYTHON, RP2040)
BOARD_FILE = "board.toml"
JITTER = 50  # most cycles of a flash stall, as of `twincore run --seeds`: without any, all seeds are alike


@dataclass(frozen=True)
class Program:
    """What runs: the name of the file to execute, and all files, that one too, by their path beside it."""

    script: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Prepared:
    """A program in its place. folder: what paths in its tracebacks may begin with; cwd: where the command is to run,
    None for this process's. Of an emulator, once the command has ended: autopsy, what the board was doing when it was
    ended, "" if it has ended by itself; emulated_ms, how long it took by its clock."""

    command: Command
    folder: Path
    cwd: Path | None = None
    autopsy: Callable[[], str] = str
    emulated_ms: Callable[[], float | None] = lambda: None


class Place(ABC):
    """One machine, with what decides how tests interleave on it."""

    name: str
    slots: int | None = None  # how many programs can run at once, None: as many as this machine likes
    repeats = False  # whether the same program does the same again
    boot_seconds = 30.0  # that it may take before the first test runs

    @property
    def label(self) -> str:
        """What stands in the brackets of a test's name."""
        return self.name

    @property
    def options(self) -> list[str]:
        """The options of `twincore test` for it."""
        return ["--on", self.name]

    @abstractmethod
    def prepare(self, program: Program) -> contextlib.AbstractContextManager[Prepared]:
        """Put the program in its place, until the block ends.

        Raises TargetMissing, and ValueError or CompileError for a program that the place cannot have.
        """


class Desktop(Place):
    """The simulated board, in real time, in a process of its own: MicroPython's modules, pins that are none."""

    name = DESKTOP

    @contextlib.contextmanager
    def prepare(self, program: Program) -> Iterator[Prepared]:
        run = (
            "import pathlib, sys; from twincore.desktop import simulated; "
            "sys.exit(simulated.run(pathlib.Path(sys.argv[1])))"
        )
        with written(program.files) as folder:
            yield Prepared(Command([sys.executable, "-u", "-c", run, str(folder / program.script)]), folder)


class UnixPort(Place):
    """MicroPython's unix port: threads that really run at once, no pins. `name`: the target, as there are several."""

    def __init__(self, name: str = MICROPYTHON) -> None:
        self.name = name

    @contextlib.contextmanager
    def prepare(self, program: Program) -> Iterator[Prepared]:
        from ..targets import unix_port

        with written(program.files) as folder:
            command = unix_port.command(Path(program.script), target=self.name)
            yield Prepared(command, folder, cwd=folder)


class Emulated(Place):
    """The emulated RP2040, with the `board.toml` beside the test around it.

    Its seed and jitter decide how the cores interleave; a run repeats to the cycle. name, build: the target, and its
    firmware; firmware: the file it is from, if it is not the target's.
    """

    repeats = True
    boot_seconds = 60.0

    def __init__(self, seed: int, jitter: int, build: Build, name: str = RP2040, firmware: Path | None = None) -> None:
        self.name = name
        self.seed = seed
        self.jitter = jitter
        self._build = build
        self._firmware = firmware

    @property
    def label(self) -> str:
        return f"{self.name}-seed{self.seed}"

    @property
    def options(self) -> list[str]:
        firmware = ["--firmware", str(self._firmware)] if self._firmware else []
        return [*super().options, *firmware, "--seed", str(self.seed), "--jitter", str(self.jitter)]

    @contextlib.contextmanager
    def prepare(self, program: Program) -> Iterator[Prepared]:
        from ..emulation import emulator, image
        from ..wiring import Wiring

        with written(program.files) as folder, tempfile.TemporaryDirectory(prefix="twincore-") as other:
            wiring = Wiring.around(folder / program.script, None)
            script = Path(other, program.script)  # alone: a module beside it would go to the board as a source, too
            shutil.move(folder / program.script, script)
            files: dict[str, bytes | Path] = {}
            for path, content in program.files.items():
                code = image.compiled(path, folder / path) if path.endswith(".py") and path != program.script else b""
                if code and self._build.takes(code):
                    files[path.removesuffix(".py") + ".mpy"] = code
                elif path != program.script:
                    files[path] = content
            said: list[str] = []
            options: emulator.Options = {"files": files, "jitter": self.jitter, "wiring": wiring, "build": self._build}
            with (
                emulator.session(script, seed=self.seed, **options) as session,
                session.outside(said.append),
            ):

                def emulated_ms() -> float | None:
                    ms = session.report().get("emulated_ms")
                    return ms if isinstance(ms, int | float) else None

                yield Prepared(
                    session.command,
                    folder,
                    autopsy=lambda: "".join((*said, session.autopsy())),
                    emulated_ms=emulated_ms,
                )


@contextlib.contextmanager
def written(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Give a temporary folder with the files."""
    with tempfile.TemporaryDirectory(prefix="twincore-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        yield folder


def seeds_asked(first: int | None, count: int | None) -> Sequence[int]:
    """The seeds that `--seed` (the first, or the only one) and `--seeds` (how many) mean, () if neither is given."""
    if first is None and count is None:
        return ()
    start = 1 if first is None else first
    return range(start, start + (1 if count is None else count))


def places(
    names: Sequence[str], seeds: Sequence[int] = (), jitter: int | None = None, firmware: Path | None = None
) -> list[Place]:
    """Return the places of these names (or ports), the emulated board once for each seed.

    Args: seeds, 1 if none are given; jitter, cycles; firmware, a .uf2 or .bin file for the emulated board.
    Raises BadUse for what is neither, or is not used by any of them; TargetMissing; ValueError for the firmware.
    """
    found: list[Place] = []
    for name in dict.fromkeys(names):
        if name == DESKTOP:
            found.append(Desktop())
        elif name in targets.ALL and targets.is_emulated(name):
            from ..emulation import builds

            build = builds.chosen(name, firmware)
            cycles = JITTER if jitter is None else jitter
            found += [Emulated(seed, cycles, build, name, firmware) for seed in seeds or (1,)]
        elif name in targets.ALL:
            targets.find(name)
            found.append(UnixPort(name))
        else:
            from ..deploy.ports import looks_like_port
            from .attached import Attached

            if not looks_like_port(name):
                from ..wiring.settings import nearest

                device = Path("/dev", name)
                known = f"did you mean {device}?" if device.exists() else nearest(name, NAMES)
                raise BadUse(f"no place {name!r}: {known}, or the port of a board, such as /dev/ttyACM0")
            found.append(Attached(name))
    if (seeds or jitter is not None or firmware) and not any(isinstance(place, Emulated) for place in found):
        raise BadUse("seeds, jitter and firmware are for the emulated board: add rp2040 to the places")
    return found
