"""The life of a task that returns at once: made, run and awaited, one by one, 1 000 together, 1 000 by `gather`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

AT_ONCE = 1_000
Life = Callable[[Any, int], Awaitable[float]]


async def trivial(number: int) -> int:
    return number


async def one_by_one(aio: Any, count: int) -> float:
    """Return the seconds to make and await `count` tasks, each before the next."""
    create_task = aio.create_task
    start = perf_counter()
    for i in range(count):
        if await create_task(trivial(i)) != i:
            check(False, f"task {i} gave another's result")
    return perf_counter() - start


async def together(aio: Any, count: int) -> float:
    """Return the seconds to make `count` tasks and await them, AT_ONCE of them at a time."""
    create_task = aio.create_task
    batches = max(1, count // AT_ONCE)
    start = perf_counter()
    for _ in range(batches):
        for i, task in enumerate([create_task(trivial(i)) for i in range(AT_ONCE)]):
            if await task != i:
                check(False, f"task {i} gave another's result")
    return (perf_counter() - start) * count / (batches * AT_ONCE)


async def gathered(aio: Any, count: int) -> float:
    """Return the seconds to gather `count` coroutines, AT_ONCE of them at a time."""
    gather = aio.gather
    expected = list(range(AT_ONCE))
    batches = max(1, count // AT_ONCE)
    start = perf_counter()
    for _ in range(batches):
        check(await gather(*[trivial(i) for i in range(AT_ONCE)]) == expected, "results lost or mixed up")
    return (perf_counter() - start) * count / (batches * AT_ONCE)


def measure(name: str, life: Life, run: Run, aio: Any, count: int) -> Figures:
    return {name: rate(lambda n: run(life(aio, n)), count) / 1e6}


def workload(name: str, title: str, life: Life, *targets: Target) -> Workload:
    rows = loop_rows(partial(measure, name, life))
    return Workload(name, "tasks", (Metric(name, title, "M/s"),), rows, 100_000, 2_000, targets=targets)


WORKLOADS = (
    workload("create", "Create and finish a task, 1 000 at a time", together, Target("uvloop", 4.0)),
    workload("create-one", "Create and await a task, one at a time", one_by_one),
    workload("gather-1000", "gather of 1 000 coroutines that return at once", gathered, Target("uvloop", 4.0)),
)
