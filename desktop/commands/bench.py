"""`twincore bench`: what the library does on the emulated RP2040, in the board's own time."""

from __future__ import annotations

import sys

import click

from .errors import one_line_errors

PARTS = ("speed", "wake-ups", "drivers")


@click.command()
@click.option("--on", type=click.Choice(["rp2040"]), default="rp2040", show_default=True, help="Where to measure.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="A part of it; may be repeated.")
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1, 1000), help="Wake-ups: seeds 1 to N.")
@click.option(
    "--jitter", default=40, show_default=True, type=click.IntRange(0), help="Wake-ups: stalls of up to so many cycles."
)
def command(on: str, only: tuple[str, ...], seeds: int, jitter: int) -> None:
    """Measure twincore on the emulated RP2040, beside the asyncio built into the firmware and upstream's figures.

    Emulated times repeat exactly, and are optimistic: the emulation knows no cache misses. Compare the columns, not
    the figures with a board's.

    \b
    speed      task switches, items from core 1, calls to core 1, latency under load, heap
    wake-ups   how soon core 0 wakes, by core 1 and by an interrupt, idle and busy, seed by seed
    drivers    how late each driver tells a task what an interrupt has seen, what a receiver takes; some minutes

    \b
    Examples:
      twincore bench --only speed
      twincore bench --only wake-ups --seeds 20
    """
    from rich.console import Console

    from .. import targets
    from ..bench import drivers, receiver, speed, wakeups
    from ..bench.scripts import ScriptFailed

    console = Console()
    if not console.is_terminal:
        console = Console(width=170)
    with one_line_errors():
        targets.find(on)
    try:
        if not only or "speed" in only:
            console.print(speed.speed_and_size(console))
        if not only or "wake-ups" in only:
            for tasks in wakeups.READY:
                console.print(wakeups.wake_up_table(console, tasks, seeds, jitter))
        if not only or "drivers" in only:
            console.print(drivers.table_of(console, list(drivers.DRIVERS)))
            console.print(receiver.table_of(console))
    except ScriptFailed as failure:
        print(f"twincore: {failure}", file=sys.stderr)
        sys.exit(1)
