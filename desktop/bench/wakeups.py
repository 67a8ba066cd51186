"""How soon the emulated RP2040's core 0 wakes, idle or busy, by core 1 or an interrupt: microseconds, seed by seed."""

from __future__ import annotations

import statistics

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..emulation import emulator
from .scripts import BUILT_IN, MET, SCRIPTS, percentile

WAKEUPS = {
    "flag": "core 1 sets twincore's ThreadSafeFlag",
    "queue": "core 1 puts into twincore's ThreadSafeQueue",
    "isr": "a hard Pin ISR sets twincore's ThreadSafeFlag",
    "built-in": "core 1 sets the built-in asyncio's ThreadSafeFlag",
    "built-in-isr": "a hard Pin ISR sets the built-in asyncio's ThreadSafeFlag",
}
READY = (0, 10)  # tasks that are ready all the time; with 0 core 0 is idle
WITHIN = 400  # us, of which 99 in 100 wake-ups of twincore have to stay below while core 0 is idle


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
