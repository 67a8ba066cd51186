"""What a switch and a timer cost as there are more of them, from 10 to 1 000 000: in one process, the fewest first.

N timers are spread over N µs, a million a second whatever N is. Were there fewer a second, the loop would go to sleep
between them, which costs more than a timer.
"""

from __future__ import annotations

import statistics
from typing import Any

from ..passes import rate
from ..products import Run
from ..workload import Figures, Metric, Program, Workload, loop_rows
from .switch import switches
from .timers import timers

TASKS = (10, 100, 10_000, 1_000_000)
TURNS = 4  # of a task at least, besides its first and last step
TIMERS = (10, 1_000, 100_000, 1_000_000)
PER_SECOND = 1_000_000


def measure_switches(run: Run, aio: Any, count: int) -> Figures:
    figures = {}
    for size in TASKS:
        tasks = min(size, count)  # fewer where --quick has less to do
        many = max(tasks * TURNS, count // 2)
        figures[f"growth-switch-{size}"] = rate(lambda n, tasks=tasks: run(switches(aio, min(tasks, n), n)), many) / 1e6
    return figures


async def batches(aio: Any, size: int, count: int) -> list[float]:
    """Return the CPU seconds of each batch of `size` timers; the batches make a tenth of `count`, one at least."""
    return [(await timers(aio, size, size / PER_SECOND))[0] for _ in range(max(1, count // 10 // size))]


def measure_timers(run: Run, aio: Any, count: int) -> Figures:
    figures = {}
    for size in TIMERS:
        together = min(size, count)
        figures[f"growth-timers-{size}"] = statistics.median(run(batches(aio, together, count))) / together * 1e6
    return figures


def workload(name: str, table: str, unit: str, better: str, sizes: tuple[int, ...], program: Program) -> Workload:
    words = {size: f"{size:_}".replace("_", " ") for size in sizes}
    return Workload(
        name=name,
        group="growth",
        metrics=tuple(Metric(f"{name}-{n}", f"{table}: {words[n]}", unit, better, words[n]) for n in sizes),
        contenders=loop_rows(program),
        count=1_000_000,
        quick_count=1_000,
        against_best=False,
        table=table,
        most_rounds=2,
        limit=600,
    )


WORKLOADS = (
    workload("growth-switch", "Task switch, as tasks grow", "M/s", "higher", TASKS, measure_switches),
    workload("growth-timers", "CPU per timer, as timers grow", "µs", "lower", TIMERS, measure_timers),
)
