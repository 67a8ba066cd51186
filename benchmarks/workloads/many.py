"""Several producers and consumers at one queue bounded to 1024, item by item: 4 threads, and one task or 4."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import Any

from ..bridges import Bridge, Twincore
from ..passes import rate
from ..products import LOOPS, TWINCORE, Run, library, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, start_thread, twincore_rows
from .queue import PEERS, STANDARD

THREADS = 4


async def take(bridge: Bridge, count: int) -> list[int]:
    """Return the next `count` items that this task gets."""
    get = bridge.get
    return [await get() for _ in range(count)]


async def through(bridge_class: type[Bridge], aio: Any, tasks: int, count: int) -> float:
    """Return the seconds for `count` items from THREADS threads, a quarter each, to `tasks` tasks, equal shares."""
    bridge = bridge_class()
    each = max(1, count // THREADS // tasks) * tasks
    start = perf_counter()
    threads = [start_thread(bridge.feed, each, number * each) for number in range(THREADS)]
    got = await aio.gather(*[take(bridge, each * THREADS // tasks) for _ in range(tasks)])
    seconds = perf_counter() - start
    for thread in threads:
        await bridge.join(thread)
    await bridge.close()
    check_all(got, each)
    return float(seconds * count / (each * THREADS))


def check_all(got: list[list[int]], each: int) -> None:
    """Nothing lost or doubled, and each task got what it has of a thread in the order in which that put it."""
    check(sorted(item for items in got for item in items) == list(range(each * THREADS)), "items lost or doubled")
    for items in got:
        for number in range(THREADS):
            of_thread = [item for item in items if item // each == number]
            check(of_thread == sorted(of_thread), f"the items of thread {number} came out of order")


def measure(name: str, tasks: int, run: Run, library_name: str, bridge_class: type[Bridge], count: int) -> Figures:
    aio = library(library_name)
    return {name: rate(lambda n: run(through(bridge_class, aio, tasks, n)), count) / 1e6}


def workload(name: str, title: str, tasks: int) -> Workload:
    rows = list(twincore_rows(partial(measure, name, tasks, run_twincore, TWINCORE, Twincore)))
    for label, bridge_class, needs, note in (*PEERS, STANDARD["queue-in"]):
        for loop, run in LOOPS.items():
            of = label.partition(".")[0] if needs else loop
            figures = partial(measure, name, tasks, run, "asyncio", bridge_class)
            rows.append(Contender(f"{label} on {loop}", (*needs, loop), figures, of, note))
    metric = Metric(name, title, "M/s")
    return Workload(name, "many", (metric,), tuple(rows), 40_000, 2_000, targets=(Target(times=10.0),))


WORKLOADS = (
    workload("queue-4-1", f"{THREADS} threads to 1 task, bounded 1024", 1),
    workload("queue-4-4", f"{THREADS} threads to 4 tasks, bounded 1024", 4),
)
