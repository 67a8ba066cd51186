"""Running an application on the emulated RP2040: both cores, MicroPython's real firmware, twincore in its flash.

The emulator is JavaScript, in rp2040/; this module prepares the board's filesystem and starts it. Emulated time is the
board's own: exact, however fast this machine is. With the same seed and jitter a run repeats to the cycle.
Wires join pin 2 to pin 3 unless told otherwise, so that a program can drive its own interrupts. What else can be around
the board is a Wiring: see `outside`.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypedDict

from .. import targets
from ..process import Command, Echo, RunResult, Started, capture, stream
from ..targets.staging import modules_beside
from . import builds
from .builds import Build
from .image import BLOCK_SIZE, Content, board_files, make_image, updated_image

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..wiring import Wiring
    from .postmortem.report import Autopsy

SCRIPTS = Path(__file__).parent / "rp2040"
FROZEN = Path(__file__).parent / "frozen"  # modules that the usual firmware has
APP_FOLDER = "/app"
BOOT_ALLOWANCE = 30  # seconds of this machine's time
# By RunResult.ending.
EXIT_CODES = {
    "deadlock": 70,
    "did not boot": 71,
    "reset": 72,
    "crash": 73,
    "short circuit": 74,
    "waits for input": 75,
    "time limit": 124,
}
DEADLOCK = "deadlock: both cores asleep and no alarm pending\n"
WAITS = {  # by what postmortem.report finds
    "the console": "waits for input from the console, and none comes: --stdin of `twincore run` types it\n",
    "a UART": "waits for what a UART receives, and nothing comes: --wiring connects what sends\n",
}
NO_MORE = "waits for input from the console, of which there is no more\n"  # with --stdin
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
    """A prepared run: the command that executes it, and the files in which the emulator reports on it."""

    seed: int
    command: Command
    report_file: Path
    dump_file: Path
    firmware: Path
    outside: Callable[[Callable[[str], object]], contextlib.AbstractContextManager[object]] = contextlib.nullcontext

    def report(self) -> dict[str, Any]:
        """Return the emulator's report, empty when it was killed before it could write one."""
        try:
            return dict(json.loads(self.report_file.read_text()))
        except (OSError, ValueError):
            return {}

    def autopsy(self) -> str:
        """Say what the cores and the tasks were doing when the run was ended; "" when the program ended by itself.

        The first line is that it was a deadlock, or that the program waits for input, if that is why it was ended.
        """
        cores = self.report().get("cores")
        if not cores:
            return ""
        waits = [NO_MORE if self._typed and "console" in name else WAITS[name] for name in self._found.inputs]
        return ("".join(waits) or DEADLOCK if self._stuck else "") + self._found.text

    @property
    def _typed(self) -> bool:
        return "--stdin=1" in self.command.arguments

    @property
    def _stuck(self) -> bool:
        report = self.report()
        return report.get("ending") == "deadlock" and bool(report.get("cores"))

    @cached_property
    def _found(self) -> Autopsy:
        from .postmortem.report import autopsy

        return autopsy(self.dump_file.read_bytes(), self.firmware.read_bytes(), self.report()["cores"])

    @property
    def ending(self) -> str:
        """How it ended, by what EXIT_CODES has; "" if the program ended it."""
        return "waits for input" if self._stuck and self._found.inputs else self.report().get("ending", "")

    def exit_code(self, code: int) -> int:
        """The run's exit code, given the emulator's, which takes a program that waits for input for a deadlock."""
        return EXIT_CODES["waits for input"] if self.ending == "waits for input" else code

    def run(self, timeout: float | None = None, echo: Echo | None = None, started: Started | None = None) -> RunResult:
        """Run it to its end and return what it did, the autopsy on stderr; see `process.capture` for the arguments."""
        said: list[str] = []
        with self.outside(said.append):
            result = capture(self.command, timeout=timeout, echo=echo, started=started)
        emulated_ms = self.report().get("emulated_ms")
        ending = self.ending
        return replace(
            result,
            exit_code=self.exit_code(result.exit_code),
            stderr="".join((result.stderr, *said, self.autopsy())),
            timed_out=result.timed_out or ending == "time limit",
            emulated_ms=emulated_ms if isinstance(emulated_ms, float | int) else None,
            deadlock=ending == "deadlock",
            ending=ending,
        )

    def stream(self) -> int:
        """Run it with this process's streams and return its exit code; the autopsy goes to stderr.

        The second Ctrl-C ends a run whose program goes on after the first, the third kills it.
        """
        with self.outside(sys.stderr.write):
            code = stream(self.command, interrupts=2)
        print(self.autopsy(), end="", file=sys.stderr)
        return self.exit_code(code)


class Options(TypedDict, total=False):
    """What `sessions`, `session` and `run` can be asked: see `sessions`."""

    args: Sequence[str]
    files: Mapping[str, Content] | None
    jitter: int
    quantum: int
    wires: Sequence[tuple[int, int]]
    wall_limit: float | None
    emulated_limit: float | None
    until: float | None
    stdin: bool
    wiring: Wiring | None
    build: Build | None
    real_time: bool


@contextlib.contextmanager
def session(script: Path, *, seed: int = 1, **options: Unpack[Options]) -> Iterator[Session]:
    """As `sessions`, for one seed."""
    with sessions(script, seeds=[seed], **options) as prepared:
        yield prepared[0]


@contextlib.contextmanager
def sessions(
    script: Path,
    *,
    seeds: Sequence[int],
    args: Sequence[str] = (),
    files: Mapping[str, Content] | None = None,
    jitter: int = 0,
    quantum: int = 1,
    wires: Sequence[tuple[int, int]] = WIRES,
    wall_limit: float | None = None,
    emulated_limit: float | None = None,
    until: float | None = None,
    stdin: bool = False,
    wiring: Wiring | None = None,
    build: Build | None = None,
    real_time: bool = False,
) -> Iterator[list[Session]]:
    """Prepare a board with the script, and give what runs it with each seed; the files it needs go when the block ends.

    Args: files, more files for the board, by path (relative: beside the script); seeds, jitter, quantum, the
    interleaving of the cores (jitter: most cycles of a simulated flash stall; quantum: most instructions before the
    other core is looked at; with jitter 0 and quantum 1 all seeds are alike); wires, (output pin, input pin) pairs;
    wall_limit, emulated_limit, seconds; until, seconds of emulated time after which the run has done what was asked;
    stdin, whether to type this process's stdin into the board, which then is never idle for good; wiring, what is
    around each board, applied when it is run, in place of the usual wires (several seeds: a copy of it for each);
    build, the firmware, that of target rp2040 if not given; real_time, the board's second is one, as far as this
    machine keeps up, and it is never idle for good, as somebody may look at it and do something: see `Outside`.
    Raises TargetMissing, and ValueError when the files do not fit. Running a session raises BadSetting where the wiring
    does not fit.
    """
    if wiring is not None and wires is WIRES:
        wires = ()
    content: dict[str, Content] = {script.name: script, **modules_beside(script, [FROZEN]), **(files or {})}
    launcher = LAUNCHER.format(folder=APP_FOLDER, argv=[script.name, *args], name=script.name)
    build = build or builds.of_target("rp2040")
    with _board(content, wires, build) as (folder, board):
        (folder / "launcher.py").write_text(launcher, encoding="utf-8")
        options: dict[str, object] = {
            "code": folder / "launcher.py",
            "jitter": jitter,
            "quantum": quantum,
            "wall": wall_limit,
            "emulated": emulated_limit,
            "until": until,
            "stdin": 1 if stdin else None,
            "real": 1 if real_time else None,
        }

        def prepare(seed: int) -> Session:
            report, memory = folder / f"report-{seed}.json", folder / f"memory-{seed}.bin"
            own = _options({**options, "seed": seed, "report": report, "dump": memory})
            command = _node("run.mjs", [*board, *own])
            if wiring is None and not real_time:
                return Session(seed, command, report, memory, build.binary)
            from ..wiring import Wiring
            from .outside import Outside

            own_wiring = Wiring() if wiring is None else wiring if len(seeds) == 1 else wiring.copy()
            around = folder / f"outside-{seed}"
            command.arguments.append(f"--outside={around}")
            outside = partial(Outside, own_wiring, around, seen=real_time)
            return Session(seed, command, report, memory, build.binary, outside)

        yield [prepare(seed) for seed in seeds]


@contextlib.contextmanager
def server(
    *,
    port: int = 4455,
    console: Path | None = None,
    content: Mapping[str, Content] | None = None,
    flash: Path | None = None,
    seed: int = 1,
    jitter: int = 0,
    wires: Sequence[tuple[int, int]] = WIRES,
    build: Build | None = None,
    wiring: Wiring | None = None,
    tell: Callable[[str], object] | None = None,
) -> Iterator[Command]:
    """Give the command that serves an emulated board, twincore in its flash, to tools such as mpremote.

    They connect to socket://127.0.0.1:port (0: any free port; the command prints the address); or the command connects
    to the Unix socket `console`.
    Args: content, more files for the board, by path; flash, a file that keeps the filesystem: if it is there, only
    `content` is written to it; build, the firmware, that of target rp2040 if not given; wiring, what is around the
    board, in place of the usual wires; tell, as for `Outside`, to stderr if not given.
    Raises TargetMissing, ValueError when the files do not fit, or `flash` is no filesystem of this board, and
    BadSetting where the wiring does not fit it.
    """
    if wiring is not None and wires is WIRES:
        wires = ()
    build = build or builds.of_target("rp2040")
    kept = flash if flash is not None and flash.exists() else None
    frozen = {f"lib/{file.name}": file for file in FROZEN.glob("*.py")} if kept is None else {}
    content = {**frozen, **(content or {})}
    with _board(content, wires, build, root="/", kept=kept) as (folder, board), contextlib.ExitStack() as stack:
        options: dict[str, object] = {"seed": seed, "jitter": jitter}
        options |= {"port": port} if console is None else {"console": console}
        if flash is not None:
            options |= {"keep": flash.absolute(), "keep_bytes": build.block_count * BLOCK_SIZE}
        if wiring is not None:
            from .outside import Outside

            outside = Outside(wiring, folder / "outside", tell or sys.stderr.write)
            options["outside"] = stack.enter_context(outside).folder
        yield _node("serve.mjs", [*board, *_options(options)])


@contextlib.contextmanager
def _board(
    content: Mapping[str, Content],
    wires: Sequence[tuple[int, int]],
    build: Build,
    root: str = APP_FOLDER,
    kept: Path | None = None,
) -> Iterator[tuple[Path, list[str]]]:
    """Give a temporary folder, and the options for a board with twincore and, in `root`, `content` in its flash.

    kept: a file with a filesystem that is there already, to which `content` is added, and nothing else.
    """
    target = targets.find("rp2040")
    files = {str(PurePosixPath(root, path)): what for path, what in content.items()}
    with tempfile.TemporaryDirectory(prefix="twincore-") as temporary:
        folder = Path(temporary)
        if kept is None:
            image = make_image(board_files(files, build.takes), build.block_count)
        else:
            image = updated_image(kept, files, build.block_count)
        (folder / "littlefs.img").write_bytes(image)
        flash = {
            "firmware": build.binary,
            "bootrom": target.bootrom,
            "littlefs": folder / "littlefs.img",
            "littlefs_at": build.filesystem_start,
        }
        yield folder, [*_options(flash), *(f"--wire={start}-{end}" for start, end in wires)]


def _options(values: Mapping[str, object]) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items() if value is not None]


def _node(script: str, arguments: Sequence[str]) -> Command:
    """The command that executes one of the emulator's scripts."""
    environment = {"TWINCORE_RP2040JS": str(targets.find("rp2040").folder), "TZ": "UTC"}  # for the board's calendar
    return Command(["node", str(SCRIPTS / script), *arguments], environment)


def run(script: Path, *, seed: int = 1, echo: Echo | None = None, **options: Unpack[Options]) -> RunResult:
    """Run the script on the board to its end and return what it did.

    Args: echo, called with each piece of output as the board prints it; the others as for `session`, and wall_limit is
    60 seconds if nothing is said. The exit codes are those of EXIT_CODES, or the program's.
    Raises TargetMissing, and ValueError when the files do not fit.
    """
    options.setdefault("wall_limit", 60)
    limit = options["wall_limit"]
    with session(script, seed=seed, **options) as prepared:
        return prepared.run(timeout=None if limit is None else limit + BOOT_ALLOWANCE, echo=echo)
