"""Task switch: 2, 100 and 10 000 tasks that do nothing but yield in turn (`sleep(0)`), on each loop the same code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Workload, check, rate, twincore_rows


async def yielding(sleep: Callable[[float], Any], times: int, ends: list[float]) -> int:
    done = 0
    for done in range(1, times + 1):  # noqa: B007
        await sleep(0)
    ends.append(perf_counter())
    return done


async def switches(sleep: Callable[[float], Any], create_task: Callable[[Any], Any], tasks: int, count: int) -> float:
    """Return the seconds that `tasks` tasks need for `count` switches together, the tasks being made already."""
    times = max(1, count // tasks)
    ends: list[float] = []
    started = [create_task(yielding(sleep, times, ends)) for _ in range(tasks)]
    start = perf_counter()
    for task in started:
        check(await task == times, "a task left its loop early")
    check(len(ends) == tasks, f"{len(ends)} of {tasks} tasks ended")
    return (ends[-1] - start) * count / (times * tasks)


async def check_turns(sleep: Callable[[float], Any], create_task: Callable[[Any], Any]) -> None:
    """Hold the product to it that sleep(0) gives each other task a turn: else it would have switched less."""
    turns: list[int] = []

    async def turn(number: int) -> None:
        for _ in range(4):
            turns.append(number)
            await sleep(0)

    for task in [create_task(turn(number)) for number in range(3)]:
        await task
    check(turns == [0, 1, 2] * 4, f"sleep(0) does not take turns: {turns}")


def measure(run: Run, library: str, tasks: int, count: int) -> Figures:
    if library == "twincore":
        from twincore.core import create_task, sleep
    else:
        from asyncio import create_task, sleep
    run(check_turns(sleep, create_task))
    return {f"switch-{tasks}": rate(lambda n: run(switches(sleep, create_task, tasks, n)), count) / 1e6}


def contenders(tasks: int) -> tuple[Contender, ...]:
    return (
        *twincore_rows(partial(measure, run_twincore, "twincore", tasks)),
        *(Contender(name, (name,), partial(measure, run, "asyncio", tasks), peer=name) for name, run in LOOPS.items()),
    )


WORKLOADS = tuple(
    Workload(
        name=f"switch-{tasks}",
        group="switch",
        metrics=(Metric(f"switch-{tasks}", f"Task switch, {tasks:_} tasks".replace("_", " "), "M/s"),),
        contenders=contenders(tasks),
        count=400_000,
        quick_count=20_000,
        targets={"uvloop": 3.0},
    )
    for tasks in (2, 100, 10_000)
)
