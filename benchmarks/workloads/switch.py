"""Task switch: 2, 100 and 10 000 tasks that do nothing but yield in turn (`sleep(0)`), on each loop the same code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

TIMES_UVLOOP = {2: 5.0, 100: 6.0, 10_000: 6.0}
TIMES_ASYNCIO = {100: 12.0, 10_000: 12.0}


async def yielding(sleep: Callable[[float], Any], times: int, ends: list[float]) -> int:
    done = 0
    for done in range(1, times + 1):  # noqa: B007
        await sleep(0)
    ends.append(perf_counter())
    return done


async def switches(aio: Any, tasks: int, count: int) -> float:
    """Return the seconds that `tasks` tasks need for `count` switches together, the tasks being made already."""
    sleep, create_task = aio.sleep, aio.create_task
    times = max(1, count // tasks)
    ends: list[float] = []
    started = [create_task(yielding(sleep, times, ends)) for _ in range(tasks)]
    start = perf_counter()
    for task in started:
        check(await task == times, "a task left its loop early")
    check(len(ends) == tasks, f"{len(ends)} of {tasks} tasks ended")
    return (ends[-1] - start) * count / (times * tasks)


async def check_turns(aio: Any) -> None:
    """Hold the product to it that sleep(0) gives each other task a turn: else it would have switched less."""
    turns: list[int] = []

    async def turn(number: int) -> None:
        for _ in range(4):
            turns.append(number)
            await aio.sleep(0)

    for task in [aio.create_task(turn(number)) for number in range(3)]:
        await task
    check(turns == [0, 1, 2] * 4, f"sleep(0) does not take turns: {turns}")


def measure(tasks: int, run: Run, aio: Any, count: int) -> Figures:
    run(check_turns(aio))
    return {f"switch-{tasks}": rate(lambda n: run(switches(aio, tasks, n)), count) / 1e6}


def targets(tasks: int) -> tuple[Target, ...]:
    peers = {"uvloop": TIMES_UVLOOP, "asyncio": TIMES_ASYNCIO}
    return (
        *(Target(peer, times[tasks]) for peer, times in peers.items() if tasks in times),
        Target("asyncio", 1.0, row="twincore (pure)"),
    )


WORKLOADS = tuple(
    Workload(
        name=f"switch-{tasks}",
        group="switch",
        metrics=(Metric(f"switch-{tasks}", f"Task switch, {tasks:_} tasks".replace("_", " "), "M/s"),),
        contenders=loop_rows(partial(measure, tasks)),
        count=400_000,
        quick_count=20_000,
        targets=targets(tasks),
    )
    for tasks in (2, 100, 10_000)
)
