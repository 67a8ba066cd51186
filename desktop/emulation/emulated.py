"""`twincore run --on rp2040`: an application on the emulated board, once, or with many seeds and what came of each.

`emulator` prepares and runs the boards; this is what a person sees of it.
"""

from __future__ import annotations

import contextlib
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from ..options import BadUse, Emulation, check_script
from ..process import stream
from ..targets.staging import aliases_folder, modules_beside
from ..wiring import Wiring
from . import builds, emulator
from .seeds import SeedResult, run_all

JITTER = 50  # cycles, of a run with several seeds if nothing is said: without jitter all seeds are alike
TIMEOUT = 60.0  # seconds, of each seed, if nothing is said


def run(
    script: Path,
    args: Sequence[str],
    asked: Emulation,
    links: Sequence[str] = (),
    wiring: Path | None = None,
    place: str = "rp2040",
    panel: bool = False,
) -> int:
    """Run the script as `asked`; return its exit code, or that of the first seed that failed.

    Args: links, wiring, panel, as for `simulated.run`; place, the target that has the firmware, unless a file is asked
    for.
    Raises BadUse, TargetMissing, and ValueError when the files do not fit, or the wiring does not fit the board.
    """
    for file in asked.files:
        check_script(file)
    aliases = [] if asked.no_aliases else [aliases_folder()]
    options: emulator.Options = {
        "args": args,
        "files": {**modules_beside(script, aliases), **{file.name: file for file in asked.files}},
        "until": asked.until,
        "wall_limit": asked.timeout,
        "jitter": asked.jitter or 0,
        "stdin": asked.stdin,
        "wiring": Wiring.around(script, wiring, links),
        "build": builds.chosen(place, asked.firmware),
    }
    first = 1 if asked.seed is None else asked.seed
    if panel:
        return _with_panel(script, first, asked, options)
    if asked.seeds is None:
        with emulator.session(script, seed=first, **options) as session:
            return session.stream()
    if asked.stdin:
        raise BadUse("--stdin goes to one board: leave --seeds out")
    jitter = JITTER if asked.jitter is None else asked.jitter
    if jitter == 0 and asked.seeds > 1:
        raise BadUse("with --jitter 0 all seeds are alike: leave --jitter or --seeds out")
    timeout = TIMEOUT if asked.timeout is None else asked.timeout
    options["jitter"], options["wall_limit"] = jitter, timeout
    failed = []
    with (
        _signals_end_the_run(),
        emulator.sessions(script, seeds=range(first, first + asked.seeds), **options) as sessions,
        contextlib.closing(run_all(sessions, timeout)) as outcomes,
    ):
        print(" seed  exit code    emulated", flush=True)
        for outcome in outcomes:
            print(_row(outcome), flush=True)
            if outcome.failed:
                failed.append(outcome)
    if not failed:
        print(f"{_count(asked.seeds)} ran to the end" if asked.until is None else f"{_count(asked.seeds)}: no failure")
        return 0
    worst = failed[0]
    print(f"\nseed {worst.seed} printed:", flush=True)
    sys.stdout.write(worst.result.stdout)
    sys.stdout.flush()
    sys.stderr.write(worst.result.stderr)
    sys.stderr.flush()
    print(f"\n{len(failed)} of {_count(asked.seeds)} failed; seed {worst.seed} again:")
    print(f"    {replay(script, args, asked, worst.seed, jitter, links, wiring, place)}")
    return worst.result.exit_code


def _with_panel(script: Path, seed: int, asked: Emulation, options: emulator.Options) -> int:
    from .. import panel

    if asked.seeds is not None:
        raise BadUse("--panel shows one board: leave --seeds out")
    if asked.stdin:
        raise BadUse("--panel has the keyboard for the board's buttons: leave --stdin out")
    if not panel.possible():
        print("twincore: --panel needs a terminal, and the output is none: running without it", file=sys.stderr)
        with emulator.session(script, seed=seed, **options) as session:
            return session.stream()
    options["real_time"] = True
    with emulator.session(script, seed=seed, **options) as session:
        return _shown(session)


def _shown(session: emulator.Session) -> int:
    """As its `stream`, with a panel below what the program prints; its errors come when the panel has ended."""
    from ..panel import Panel
    from .outside import Outside

    errors: list[str] = []
    tell: list[Callable[[str], object]] = [sys.stderr.write]
    with session.outside(lambda text: tell[-1](text)) as outside:
        assert isinstance(outside, Outside)
        with Panel(outside.board, outside.keys()) as shown:
            tell.append(shown.print)
            code = stream(session.command, interrupts=2, output=shown.print, errors=errors.append)
        tell.pop()
    sys.stderr.write("".join(errors) + session.autopsy())
    return session.exit_code(code)


@contextlib.contextmanager
def _signals_end_the_run() -> Iterator[None]:
    """SIGTERM and SIGHUP leave no board running."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def replay(
    script: Path,
    args: Sequence[str],
    asked: Emulation,
    seed: int,
    jitter: int,
    links: Sequence[str] = (),
    wiring: Path | None = None,
    place: str = "rp2040",
) -> str:
    """The command that repeats one seed."""
    words = ["twincore", "run", str(script), "--on", place, "--seed", str(seed), "--jitter", str(jitter)]
    if asked.until is not None:
        words += ["--until", f"{asked.until:g}"]
    for file in asked.files:
        words += ["--file", str(file)]
    for link in links:
        words += ["--link", link]
    if wiring is not None:
        words += ["--wiring", str(wiring)]
    if asked.firmware is not None:
        words += ["--firmware", str(asked.firmware)]
    if asked.no_aliases:
        words += ["--no-aliases"]
    return shlex.join([*words, *(["--", *args] if args else [])])


def _row(outcome: SeedResult) -> str:
    ms = outcome.result.emulated_ms
    emulated = "" if ms is None else f"{ms:.1f} ms"
    return f"{outcome.seed:5}  {outcome.result.exit_code:9}  {emulated:>10}  {outcome.verdict}"


def _count(seeds: int) -> str:
    return f"{seeds} seed" if seeds == 1 else f"{seeds} seeds"
