"""Tasks wake each other: an Event with 1 000 waiting, a Lock handed from task to task; on each loop the same code."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

WAITERS = 1_000
HOLDERS = 10


async def wake_ups(aio: Any, count: int) -> float:
    """Return the seconds for `count` wake-ups, each from `set` until all WAITERS have run and wait again."""
    event, sleep = aio.Event(), aio.sleep
    times = max(1, count // WAITERS)
    everyone = list(range(WAITERS))
    woken: list[int] = []

    async def waiting(number: int) -> None:
        for _ in range(times):
            await event.wait()
            woken.append(number)

    tasks = [aio.create_task(waiting(number)) for number in everyone]
    await sleep(0)
    seconds = 0.0
    for _ in range(times):
        woken.clear()
        start = perf_counter()
        event.set()
        event.clear()
        while len(woken) < WAITERS:
            await sleep(0)
        seconds += perf_counter() - start
        check(woken == everyone, "an event did not wake each of its waiters once, in order")
    for task in tasks:
        await task
    return seconds * count / (times * WAITERS)


async def hand_overs(aio: Any, count: int) -> float:
    """Return the seconds in which HOLDERS tasks, all wanting one lock all the time, get it `count` times together."""
    lock, sleep = aio.Lock(), aio.sleep
    times = max(1, count // HOLDERS)
    trace: list[int] = []

    async def holding(number: int) -> None:
        for _ in range(times):
            async with lock:
                trace.append(number)
                await sleep(0)  # now the others want it
                trace.append(number)

    start = perf_counter()
    for task in [aio.create_task(holding(number)) for number in range(HOLDERS)]:
        await task
    seconds = perf_counter() - start
    in_turn = [number for number in range(HOLDERS) for _ in range(2)]
    check(trace == in_turn * times, "a lock was not one task's at a time, each in its turn")
    return seconds * count / (times * HOLDERS)


def measure_event(run: Run, aio: Any, count: int) -> Figures:
    return {"event-1000": rate(lambda n: run(wake_ups(aio, n)), count) / 1e6}


def measure_lock(run: Run, aio: Any, count: int) -> Figures:
    return {"lock": rate(lambda n: run(hand_overs(aio, n)), count) / 1e6}


WORKLOADS = (
    Workload(
        name="event-1000",
        group="sync",
        metrics=(Metric("event-1000", "Event.set with 1 000 tasks waiting: wake-ups", "M/s"),),
        contenders=loop_rows(measure_event),
        count=200_000,
        quick_count=5_000,
        targets=(Target("uvloop", 4.0),),
    ),
    Workload(
        name="lock",
        group="sync",
        metrics=(Metric("lock", "Lock handed over, 10 tasks want it: hand-overs", "M/s"),),
        contenders=loop_rows(measure_lock),
        count=100_000,
        quick_count=2_000,
        targets=(Target("uvloop", 4.0),),
    ),
)
