"""Timers: 100 000 tasks made at once sleep for random times from 0 to 1 s. CPU per timer, and how late they are.

The random times are the same for all. A timer's lateness counts from when its task called `sleep`, so waiting for the
first turn is not in it; its CPU is the process's from the first task made to the last one ended.
"""

from __future__ import annotations

import random
from time import perf_counter, process_time
from typing import Any

from twincore.desktop.bench.scripts import percentile

from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

EARLY = 0.0015  # seconds: uvloop's timers are in whole milliseconds, rounded


async def sleeping(sleep: Any, delay: float, late: list[float]) -> None:
    due = perf_counter() + delay
    await sleep(delay)
    late.append(perf_counter() - due)


async def timers(aio: Any, count: int, span: float) -> tuple[float, list[float]]:
    """Return the CPU seconds for `count` timers over `span` seconds, and how late each was."""
    generator = random.Random(1)
    delays = [generator.random() * span for _ in range(count)]
    create_task, sleep = aio.create_task, aio.sleep
    late: list[float] = []
    start = process_time()
    tasks = [create_task(sleeping(sleep, delay, late)) for delay in delays]
    for task in tasks:
        await task
    cpu = process_time() - start
    check(len(late) == count, f"{len(late)} of {count} timers fell due")
    check(min(late) > -EARLY, "a timer fell due before its time")
    return cpu, late


def measure(run: Run, aio: Any, count: int) -> Figures:
    per_second = WORKLOADS[0].count  # a pass with fewer has them as dense
    warm_up = count // 10
    run(timers(aio, warm_up, warm_up / per_second))
    cpu, late = run(timers(aio, count, count / per_second))
    return {"timers-cpu": cpu / count * 1e6, "timers-late-p99": percentile(late, 99) * 1e3}


WORKLOADS = (
    Workload(
        name="timers",
        group="timers",
        metrics=(
            Metric("timers-cpu", "100 000 timers over 0 to 1 s: CPU per timer", "µs", "lower"),
            Metric("timers-late-p99", "100 000 timers over 0 to 1 s: lateness, p99", "ms", "lower"),
        ),
        contenders=loop_rows(measure),
        count=100_000,
        quick_count=2_000,
        targets=(Target("uvloop", 4.0, "timers-cpu"), Target("uvloop", 5.0, "timers-late-p99")),
    ),
)
