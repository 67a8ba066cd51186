"""What the emulated RP2040 does: wake-ups of an idle core 0, seed by seed, and task switches, beside its own asyncio.

    python -m benchmarks.board [--seeds 20] [--jitter 40]

Emulated time is exact but optimistic: it knows no cache misses. Compare the columns, not the figures with a board's.
"""

from __future__ import annotations

import statistics
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from twincore.desktop import emulator, targets

HERE = Path(__file__).parent / "on_board"
WAKEUPS = {
    "flag": "core 1 sets twincore's ThreadSafeFlag",
    "queue": "core 1 puts into twincore's ThreadSafeQueue",
    "isr": "a hard Pin ISR sets twincore's ThreadSafeFlag",
    "upstream": "core 1 sets the built-in asyncio's ThreadSafeFlag",
}


def wake_ups(what: str, seed: int, jitter: int) -> list[int] | None:
    """The microseconds from each set to the task; None after a deadlock. RuntimeError if anything else went wrong."""
    result = emulator.run(HERE / "wakeup.py", args=[what], seed=seed, jitter=jitter, wall_limit=120)
    if result.deadlock:
        return None
    if result.exit_code:
        raise RuntimeError(f"{what}, seed {seed}: {result.stderr or result.stdout}")
    return [int(word) for word in result.stdout.split()]


def switches(what: str) -> int:
    """Task switches per second, ten tasks."""
    return int(emulator.run(HERE / "switch.py", args=[what], wall_limit=120).stdout)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(1, 1000), help="Seeds 1 to N.")
@click.option("--jitter", default=40, show_default=True, type=click.IntRange(0), help="Extra cycles at random moments.")
def main(seeds: int, jitter: int) -> None:
    """Wake-up of an idle core 0 per seed (median of 20, in microseconds), and task switches per second."""
    console = Console()
    if reason := targets.reason_missing("rp2040"):
        raise click.ClickException(reason)
    table = Table(title="Wake-up of an idle core 0, emulated RP2040: median (worst) of 20, us")
    table.add_column("seed", justify="right")
    for title in WAKEUPS.values():
        table.add_column(title, justify="right")
    found: dict[str, list[list[int] | None]] = {what: [] for what in WAKEUPS}
    for seed in track(range(1, seeds + 1), "seeds", console=console, transient=True):
        for what, results in found.items():
            results.append(wake_ups(what, seed, jitter))
        row = [results[-1] for results in found.values()]
        table.add_row(str(seed), *("deadlock" if r is None else f"{statistics.median(r):.0f} ({max(r)})" for r in row))
    table.add_section()
    everything = [[us for result in results if result for us in result] for results in found.values()]
    for name, pick in (("p50", 0.50), ("p99", 0.99)):
        table.add_row(name, *(f"{sorted(all_)[int(len(all_) * pick)]}" if all_ else "-" for all_ in everything))
    table.add_row("deadlocks", *(f"{sum(r is None for r in results)} of {seeds}" for results in found.values()))
    console.print(table)
    ours, theirs = switches("twincore"), switches("upstream")
    console.print(
        f"task switches, 10 tasks: twincore {ours}/s, built-in asyncio {theirs}/s, ratio {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    main()
