"""Queue, Semaphore, Condition and Barrier between tasks of one loop; on each loop the same code."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

HOLDERS = 10
Program = Callable[[Any, Any, int], Awaitable[float]]


def kinds(aio: Any) -> Any:
    """The module that has what is measured, for `aio`, twincore.core or asyncio."""
    return aio if aio.__name__ == "asyncio" else importlib.import_module(aio.__name__.replace(".core", ".primitives"))


async def items(aio: Any, kinds: Any, count: int) -> float:
    """Return the seconds in which `count` items go from one task to another through a queue of 10."""
    queue = kinds.Queue(10)
    got: list[int] = []

    async def take() -> None:
        for _ in range(count):
            got.append(await queue.get())

    taking = aio.create_task(take())
    start = perf_counter()
    for item in range(count):
        await queue.put(item)
    await taking
    seconds = perf_counter() - start
    check(got == list(range(count)), "items lost, doubled or out of order")
    return seconds


async def permits(aio: Any, kinds: Any, count: int) -> float:
    """Return the seconds in which HOLDERS tasks get one of two permits `count` times together."""
    semaphore, sleep = kinds.Semaphore(2), aio.sleep
    times = count // HOLDERS
    most = [0, 0]  # now, and at most

    async def holding() -> None:
        for _ in range(times):
            async with semaphore:
                most[0] += 1
                most[1] = max(most)
                await sleep(0)
                most[0] -= 1

    start = perf_counter()
    for task in [aio.create_task(holding()) for _ in range(HOLDERS)]:
        await task
    seconds = perf_counter() - start
    check(most == [0, 2], "more or fewer than two held a permit")
    return seconds * count / (times * HOLDERS)


async def notifications(aio: Any, kinds: Any, count: int) -> float:
    """Return the seconds in which two tasks notify each other `count` times together."""
    condition = kinds.Condition()
    turns = [0]

    async def play(mine: int) -> None:
        async with condition:
            while turns[0] < count:
                if turns[0] % 2 == mine:
                    turns[0] += 1
                    condition.notify()
                else:
                    await condition.wait()
            condition.notify_all()

    start = perf_counter()
    for task in [aio.create_task(play(mine)) for mine in (0, 1)]:
        await task
    check(turns == [count], "a notification was lost")
    return perf_counter() - start


async def meetings(aio: Any, kinds: Any, count: int) -> float:
    """Return the seconds in which HOLDERS tasks meet, `count` arrivals in all."""
    barrier = kinds.Barrier(HOLDERS)
    times = count // HOLDERS
    laps = [0] * HOLDERS

    async def walk(number: int) -> None:
        for lap in range(times):
            laps[number] = lap
            await barrier.wait()
            check(min(laps) >= lap, "a task went on before all had come")

    start = perf_counter()
    for task in [aio.create_task(walk(number)) for number in range(HOLDERS)]:
        await task
    return (perf_counter() - start) * count / (times * HOLDERS)


def measure(name: str, program: Program, run: Run, aio: Any, count: int) -> Figures:
    return {name: rate(lambda n: run(program(aio, kinds(aio), max(HOLDERS, n))), count) / 1e6}


def workload(name: str, title: str, program: Program) -> Workload:
    rows = loop_rows(partial(measure, name, program))
    targets = (Target("asyncio", 4.0),)
    return Workload(name, "primitives", (Metric(name, title, "M/s"),), rows, 100_000, 2_000, targets=targets)


WORKLOADS = (
    workload("queue-of-tasks", "Queue of 10 between two tasks: items", items),
    workload("semaphore", "Semaphore of 2, 10 tasks want it: permits", permits),
    workload("condition", "Condition, two tasks in turn: notifications", notifications),
    workload("barrier", "Barrier of 10 tasks: arrivals", meetings),
)
