"""Running an application on the emulated RP2040: both cores, MicroPython's real firmware, twincore in its flash.

The emulator is JavaScript, in rp2040/; this module prepares the board's filesystem and starts it. Emulated time is the
board's own: exact, however fast this machine is. With the same seed and jitter a run repeats to the cycle.
Wires join pin 2 to pin 3 unless told otherwise, so that a program can drive its own interrupts.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from . import targets
from .image import Content, board_files, make_image
from .process import Command, RunResult, capture
from .staging import modules_beside

SCRIPTS = Path(__file__).parent / "rp2040"
APP_FOLDER = "/app"
WIRES = ((2, 3),)

# Executed by the board before the application. _exit is read by rp2040/run.mjs. execfile, unlike an import, makes the
# application __main__, and compiles it from the file, without a second copy in memory.
LAUNCHER = """\
__import__("os").chdir({folder!r})
__import__("sys").argv[:] = {argv!r}
__file__ = {name!r}
_exit = None
try:
    execfile({name!r})
except SystemExit as _e:
    _exit = _e.args[0] if _e.args else None
"""


@dataclass(frozen=True)
class Session:
    """A prepared run: the command that executes it, and the file in which the emulator reports on it."""

    command: Command
    report_file: Path

    def report(self) -> dict[str, object]:
        """Return the emulator's report, empty when it was killed before it could write one."""
        try:
            return dict(json.loads(self.report_file.read_text()))
        except (OSError, ValueError):
            return {}


@contextlib.contextmanager
def session(
    script: Path,
    *,
    args: Sequence[str] = (),
    files: Mapping[str, Content] | None = None,
    seed: int = 1,
    jitter: int = 0,
    quantum: int = 1,
    wires: Sequence[tuple[int, int]] = WIRES,
    wall_limit: float | None = None,
    emulated_limit: float | None = None,
    stdin: bool = False,
) -> Iterator[Session]:
    """Prepare the board with the script and give what runs it; the files it needs go when the block ends.

    Args: files, more files for the board, by path (relative: beside the script); seed, jitter, quantum, the
    interleaving of the cores (jitter: most cycles of a simulated flash stall; quantum: most instructions before the
    other core is looked at); wires, (output pin, input pin) pairs; wall_limit, emulated_limit, seconds; stdin, whether
    to type this process's stdin into the board, which then is never idle for good.
    Raises TargetMissing, and ValueError when the files do not fit.
    """
    content: dict[str, Content] = {script.name: script, **modules_beside(script), **(files or {})}
    launcher = LAUNCHER.format(folder=APP_FOLDER, argv=[script.name, *args], name=script.name)
    with _board(content, wires) as (folder, board):
        (folder / "launcher.py").write_text(launcher, encoding="utf-8")
        options: dict[str, object] = {
            "code": folder / "launcher.py",
            "report": folder / "report.json",
            "seed": seed,
            "jitter": jitter,
            "quantum": quantum,
            "wall": wall_limit,
            "emulated": emulated_limit,
            "stdin": 1 if stdin else None,
        }
        yield Session(_node("run.mjs", [*board, *_options(options)]), folder / "report.json")


@contextlib.contextmanager
def server(*, port: int = 4455, wires: Sequence[tuple[int, int]] = WIRES) -> Iterator[Command]:
    """Give the command that serves an emulated board, twincore in its flash, to tools such as mpremote.

    They connect to socket://127.0.0.1:port (0: any free port; the command prints the address). Raises TargetMissing.
    """
    with _board({}, wires) as (_, board):
        yield _node("serve.mjs", [*board, *_options({"port": port})])


@contextlib.contextmanager
def _board(content: Mapping[str, Content], wires: Sequence[tuple[int, int]]) -> Iterator[tuple[Path, list[str]]]:
    """Give a temporary folder, and the options for a board with twincore and, in APP_FOLDER, `content` in its flash."""
    target = targets.find("rp2040")
    files = {str(PurePosixPath(APP_FOLDER, path)): what for path, what in content.items()}
    with tempfile.TemporaryDirectory(prefix="twincore-") as temporary:
        folder = Path(temporary)
        (folder / "littlefs.img").write_bytes(make_image(board_files(files)))
        flash = {"firmware": target.firmware, "bootrom": target.bootrom, "littlefs": folder / "littlefs.img"}
        yield folder, [*_options(flash), *(f"--wire={start}-{end}" for start, end in wires)]


def _options(values: Mapping[str, object]) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items() if value is not None]


def _node(script: str, arguments: Sequence[str]) -> Command:
    """The command that executes one of the emulator's scripts."""
    return Command(
        ["node", str(SCRIPTS / script), *arguments], {"TWINCORE_RP2040JS": str(targets.find("rp2040").folder)}
    )


def run(
    script: Path,
    *,
    args: Sequence[str] = (),
    files: Mapping[str, Content] | None = None,
    seed: int = 1,
    jitter: int = 0,
    quantum: int = 1,
    wires: Sequence[tuple[int, int]] = WIRES,
    wall_limit: float = 60,
    emulated_limit: float | None = None,
    echo: Callable[[str], object] | None = None,
) -> RunResult:
    """Run the script on the board to its end and return what it did.

    Args: echo, called with each piece of output as the board prints it; the others as for `session`.
    The exit code is 70 after a deadlock, 124 when a limit was reached, 71 if the board did not boot.
    Raises TargetMissing, and ValueError when the files do not fit.
    """
    with session(
        script,
        args=args,
        files=files,
        seed=seed,
        jitter=jitter,
        quantum=quantum,
        wires=wires,
        wall_limit=wall_limit,
        emulated_limit=emulated_limit,
    ) as prepared:
        boot_allowance = 30
        result = capture(prepared.command, timeout=wall_limit + boot_allowance, echo=echo)
        report = prepared.report()
    emulated_ms = report.get("emulated_ms")
    return replace(
        result,
        timed_out=result.timed_out or report.get("limit") is not None,
        emulated_ms=emulated_ms if isinstance(emulated_ms, float | int) else None,
        deadlock=bool(report.get("deadlock")),
    )
