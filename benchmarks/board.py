"""What the emulated RP2040 does: speed and size of the scheduler, and wake-ups of core 0, idle or busy, seed by seed.

    python -m benchmarks.board [--seeds 20] [--jitter 40]

The peer is the asyncio built into the firmware. Emulated time is exact but optimistic: it knows no cache misses.
Compare the columns, not the figures with a board's.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from twincore.desktop import emulator, targets

from .passes import percentile
from .report import MET
from .scripts import BUILT_IN, SCRIPTS, TWINCORE, ScriptFailed, figure

WAKEUPS = {
    "flag": "core 1 sets twincore's ThreadSafeFlag",
    "queue": "core 1 puts into twincore's ThreadSafeQueue",
    "isr": "a hard Pin ISR sets twincore's ThreadSafeFlag",
    "built-in": "core 1 sets the built-in asyncio's ThreadSafeFlag",
    "built-in-isr": "a hard Pin ISR sets the built-in asyncio's ThreadSafeFlag",
}
READY = (0, 10)  # tasks that are ready all the time; with 0 core 0 is idle
WITHIN = 400  # us, of which 99 in 100 wake-ups of twincore have to stay below while core 0 is idle


@dataclass(frozen=True)
class Measure:
    """What a script measures, and what twincore has to reach, if anything, beside the built-in asyncio."""

    title: str
    script: str
    args: str
    target: str = ""
    reached: Callable[[float, float], bool] | None = None  # by twincore's figure beside the built-in asyncio's
    alone: bool = False  # the built-in asyncio has no such thing


USED = "gather wait_for Event Lock ThreadSafeFlag"
MEASURES = (
    Measure("task switches a second, 10 tasks", "switch.py", "10 200 0 0", "faster", lambda us, it: us > it),
    Measure("allocated in a task switch, bytes", "allocation.py", "10 100", "0", lambda us, it: us == 0),
    Measure("heap of the imported core, bytes", "imports.py", "", "under 14 kB", lambda us, it: us < 14 * 1024),
    Measure(f"the same with {', '.join(USED.split())}", "imports.py", USED),
    Measure("100 ms stream timer beside 10 tasks that block 5 ms each, worst, ms", "latency.py", ""),
    Measure("the same with urgent_first", "latency.py", "urgent", "within 106", lambda us, it: us <= 106),
    Measure("a call to core 1 and back, idle, p99, us", "offload.py", "", "under 1000", lambda us, it: us < 1000, True),
    Measure("heap of a sleeping task, of 100, bytes", "heap.py", "100", "not above", lambda us, it: us <= it),
)


def measured(measure: Measure, which: str) -> float:
    """Run the script on the board for twincore or the built-in asyncio. Raises ScriptFailed."""
    return figure(emulator.run(SCRIPTS / measure.script, args=[which, *measure.args.split()], wall_limit=120))


def speed_and_size(console: Console) -> Table:
    """Return the table of all MEASURES; one run each, since a run repeats to the cycle."""
    table = Table(title="Speed and size, emulated RP2040", title_justify="left", title_style="bold")
    table.add_column("")
    for title in ("twincore", "built-in asyncio", "target", "met"):
        table.add_column(title, justify="right")
    for measure in track(MEASURES, "speed and size", console=console, transient=True):
        ours = measured(measure, TWINCORE)
        theirs = nan if measure.alone else measured(measure, BUILT_IN)
        met = MET[measure.reached(ours, theirs)] if measure.reached else ""
        table.add_row(measure.title, f"{ours:.0f}", "-" if measure.alone else f"{theirs:.0f}", measure.target, met)
    return table


def wake_ups(what: str, tasks: int, seed: int, jitter: int) -> list[int] | None:
    """The microseconds from each set to the task; None after a deadlock. RuntimeError if anything else went wrong."""
    result = emulator.run(SCRIPTS / "wakeup.py", args=[what, str(tasks)], seed=seed, jitter=jitter, wall_limit=120)
    if result.deadlock:
        return None
    if result.exit_code:
        raise RuntimeError(f"{what}, seed {seed}: {result.stderr or result.stdout}")
    return [int(word) for word in result.stdout.split()]


def wake_up_table(console: Console, tasks: int, seeds: int, jitter: int) -> Table:
    """Return the table of wake-ups beside `tasks` ready ones, a row for each seed, then of all together."""
    state = f"a core 0 with {tasks} ready tasks" if tasks else "an idle core 0"
    table = Table(title=f"Wake-up of {state}, emulated RP2040: median (worst) of 20, us")
    table.add_column("seed", justify="right")
    for title in WAKEUPS.values():
        table.add_column(title, justify="right")
    found: dict[str, list[list[int] | None]] = {what: [] for what in WAKEUPS}
    for seed in track(range(1, seeds + 1), "seeds", console=console, transient=True):
        for what, results in found.items():
            results.append(wake_ups(what, tasks, seed, jitter))
        row = [results[-1] for results in found.values()]
        table.add_row(str(seed), *("deadlock" if r is None else f"{statistics.median(r):.0f} ({max(r)})" for r in row))
    table.add_section()
    everything = [sorted(us for result in results if result for us in result) for results in found.values()]
    for name, percent in (("p50", 50), ("p99", 99), ("worst", 100)):
        table.add_row(name, *(f"{percentile(all_, percent)}" if all_ else "-" for all_ in everything))
    table.add_row("deadlocks", *(f"{sum(r is None for r in results)} of {seeds}" for results in found.values()))
    if tasks == 0:
        ours = [None if what.startswith(BUILT_IN) else all_ for what, all_ in zip(WAKEUPS, everything, strict=True)]
        met = ["" if all_ is None else MET[bool(all_) and percentile(all_, 99) < WITHIN] for all_ in ours]
        table.add_row(f"p99 < {WITHIN}", *met)
    return table


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(0, 1000), help="Seeds 1 to N; 0: none.")
@click.option("--jitter", default=40, show_default=True, type=click.IntRange(0), help="Extra cycles at random moments.")
def main(seeds: int, jitter: int) -> None:
    """Speed and size beside the built-in asyncio; wake-ups of core 0, idle and busy, per seed, in microseconds."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    if reason := targets.reason_missing("rp2040"):
        raise click.ClickException(reason)
    try:
        console.print(speed_and_size(console))
    except ScriptFailed as error:
        raise click.ClickException(str(error)) from None
    if seeds:
        for tasks in READY:
            console.print(wake_up_table(console, tasks, seeds, jitter))


if __name__ == "__main__":
    main()
