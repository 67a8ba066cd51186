"""Speed and size of the library on the emulated RP2040, beside the asyncio built into the firmware.

Emulated time is exact but optimistic: it knows no cache misses. Compare the columns, not the figures with a board's.
What upstream publishes is of real boards: a rough guide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..emulation import emulator
from .scripts import BUILT_IN, MET, SCRIPTS, TWINCORE, figure


@dataclass(frozen=True)
class Measure:
    """What a script measures, and what twincore has to reach, if anything, beside the built-in asyncio."""

    title: str
    script: str
    args: str
    target: str = ""
    reached: Callable[[float, float], bool] | None = None  # by twincore's figure beside the built-in asyncio's
    alone: bool = False  # the built-in asyncio has no such thing
    published: str = ""  # by upstream, of a real board


USED = "gather wait_for Event Lock ThreadSafeFlag"
MEASURES = (
    Measure("task switches a second, 10 tasks", "switch.py", "10 200 0 0", "faster", lambda us, it: us > it,
            published="2079, 100 tasks, Pico"),
    Measure("allocated in a task switch, bytes", "allocation.py", "10 100", "0", lambda us, it: us == 0),
    Measure("heap of the imported core, bytes", "imports.py", "", "under 14 kB", lambda us, it: us < 14 * 1024),
    Measure(f"the same with {', '.join(USED.split())}", "imports.py", USED),
    Measure("100 ms stream timer beside 10 tasks that block 5 ms each, worst, us", "latency.py", "",
            published="155 000"),
    Measure("the same with urgent_first", "latency.py", "urgent", "within 106 000", lambda us, it: us <= 106_000,
            published="102 000, its fast I/O"),
    Measure("items a second from core 1 to a task, ThreadSafeQueue", "queue.py", "", alone=True),
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
    for title in ("twincore", "built-in asyncio", "target", "met", "upstream publishes"):
        table.add_column(title, justify="right")
    for measure in track(MEASURES, "speed and size", console=console, transient=True):
        ours = measured(measure, TWINCORE)
        theirs = nan if measure.alone else measured(measure, BUILT_IN)
        met = MET[measure.reached(ours, theirs)] if measure.reached else ""
        peer = "-" if measure.alone else f"{theirs:.0f}"
        table.add_row(measure.title, f"{ours:.0f}", peer, measure.target, met, measure.published)
    return table
