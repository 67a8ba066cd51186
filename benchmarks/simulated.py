"""The simulated board: how long an empty application takes to start and end, and how many interrupts a second it has.

    python -m benchmarks.simulated [--rounds 9]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from twincore.desktop.board import Board

EDGES = 20_000


def start_up() -> float:
    """Seconds of `twincore run` of an empty script, and of this Python alone."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "empty.py")
        script.touch()
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "twincore.desktop", "run", str(script)], check=True)
        return time.perf_counter() - start


def edges(checked: bool, hard: bool = True) -> float:
    """Edges a second that a thread makes at full speed, each of which a handler counts."""
    counted = bytearray(4)

    def count(_: object) -> None:
        counted[0] = (counted[0] + 1) & 0xFF

    with Board(check_interrupts=checked) as board:
        line = board.line(2)
        if hard:
            line.irq(count, hard=True)
        start = time.perf_counter()
        for number in range(EDGES):
            line.drive(~number & 1)
        seconds = time.perf_counter() - start
        if line.edges != EDGES or (hard and counted[0] != EDGES & 0xFF):
            raise SystemExit(f"edges were lost: {line.edges} of {EDGES}, handled {counted[0]} modulo 256")
    return EDGES / seconds


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", default=9, show_default=True, type=click.IntRange(1), help="How often; medians are shown.")
def main(rounds: int) -> None:
    """Start-up and interrupt rate of the simulated board."""
    rows: dict[str, tuple[Callable[[], float], str]] = {
        "`twincore run` of an empty script (wanted: under 0.25)": (start_up, "s"),
        "edges without a handler": (lambda: edges(False, False), "/s"),
        "hard interrupts, handlers not checked": (lambda: edges(False), "/s"),
        "hard interrupts, handlers checked": (lambda: edges(True), "/s"),
    }
    table = Table(title=f"The simulated board, medians of {rounds}")
    for heading in ("", "median", "min..max"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, (measure, unit) in rows.items():
        measure()
        values = [measure() for _ in range(rounds)]
        low, middle, high = (f"{value:,.3g}" if unit == "s" else f"{value:,.0f}" for value in (
            min(values), statistics.median(values), max(values)
        ))
        table.add_row(name, f"{middle} {unit}", f"{low}..{high}")
    Console().print(table)


if __name__ == "__main__":
    main()
