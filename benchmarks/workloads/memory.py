"""Memory of a task that sleeps: 100 000 of them, as tracemalloc counts it, on each loop the same code."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

LONG = 3600  # seconds


async def bytes_held(aio: Any, count: int) -> int:
    """Return the bytes that `count` tasks hold once all of them sleep."""
    sleep = aio.sleep
    begun = ended = 0

    async def sleeping() -> None:
        nonlocal begun, ended
        begun += 1
        try:
            await sleep(LONG)
        finally:
            ended += 1

    tasks: list[Any] = [None] * count  # made beforehand: the list itself is not the loop's
    gc.collect()
    tracemalloc.start()
    for i in range(count):
        tasks[i] = aio.create_task(sleeping())
    while begun < count:
        await sleep(0)
    for _ in range(3):  # who does not sleep ends
        await sleep(0)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    check(ended == 0, f"{ended} of {count} tasks did not sleep")
    for task in tasks:
        task.cancel()
    while ended < count:
        await sleep(0)
    return held


def measure(run: Run, aio: Any, count: int) -> Figures:
    run(bytes_held(aio, 1))  # what is made once is not a task's
    return {"memory": run(bytes_held(aio, count)) / count}


WORKLOADS = (
    Workload(
        name="memory",
        group="memory",
        metrics=(Metric("memory", "Memory of a sleeping task, of 100 000", "B", "lower"),),
        contenders=loop_rows(measure),
        count=100_000,
        quick_count=2_000,
        targets=(Target("asyncio", 2.0),),
    ),
)
