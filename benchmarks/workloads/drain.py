"""A task that takes 200 000 queued items, item by item, beside one that ticks each millisecond: the worst tick.

A `get` that finds an item need not yield; then the task that drains keeps the loop for as long as there is something.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from ..bridges import check_item
from ..products import LOOPS, TWINCORE, Run, library, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, twincore_rows

TICK = 0.001  # seconds
LIMIT = 5.0  # ms
TITLE = "A task drains 200 000 items beside a 1 ms ticker"

Ends = tuple[Callable[[int], Any], Callable[[], Any], Callable[[], Any]]  # put, awaitable get, awaitable close


async def nothing() -> None:
    pass


def twincore(size: int) -> Ends:
    from twincore.threadsafe import ThreadSafeQueue

    queue = ThreadSafeQueue(size)
    return queue.put_sync, queue.get, nothing


def janus(size: int) -> Ends:
    import janus as module

    queue = module.Queue[int](size)
    return queue.async_q.put_nowait, queue.async_q.get, queue.aclose


def culsans(size: int) -> Ends:
    import culsans as module

    queue = module.Queue[int](size)
    return queue.put_nowait, queue.async_get, nothing


def asyncio_queue(size: int) -> Ends:
    import asyncio

    queue: asyncio.Queue[int] = asyncio.Queue(size)
    return queue.put_nowait, queue.get, nothing


async def drain(make: Callable[[int], Ends], aio: Any, count: int) -> tuple[float, float]:
    """Return the worst lateness of a tick in ms, and the seconds that taking `count` items took."""
    put, get, close = make(count)
    for i in range(count):
        put(i)
    over: list[None] = []
    late: list[float] = []

    async def tick() -> None:
        while not over:
            due = perf_counter() + TICK
            await aio.sleep(TICK)
            late.append((perf_counter() - due) * 1e3)

    ticker = aio.create_task(tick())
    await aio.sleep(TICK * 10)
    check(len(late) > 0, "the ticker did not tick")
    late.clear()
    start = perf_counter()
    for i in range(count):
        check_item(await get(), i)
    seconds = perf_counter() - start
    over.append(None)
    await ticker
    await close()
    return max(late), seconds


def measure(run: Run, library_name: str, make: Callable[[int], Ends], count: int) -> Figures:
    worst, seconds = run(drain(make, library(library_name), count))
    return {"drain-late": worst, "drain-rate": count / seconds / 1e6}


def contenders() -> tuple[Contender, ...]:
    rows = list(twincore_rows(partial(measure, run_twincore, TWINCORE, twincore)))
    for label, make, needs in (
        ("janus", janus, ("janus",)),
        ("culsans", culsans, ("culsans",)),
        ("asyncio.Queue", asyncio_queue, ()),
    ):
        for loop, run in LOOPS.items():
            of = label if needs else loop
            rows.append(Contender(f"{label} on {loop}", (*needs, loop), partial(measure, run, "asyncio", make), of))
    return tuple(rows)


WORKLOADS = (
    Workload(
        name="drain",
        group="load",
        metrics=(
            Metric("drain-late", f"{TITLE}: worst lateness", "ms", "lower"),
            Metric("drain-rate", f"{TITLE}: items", "M/s"),
        ),
        contenders=contenders(),
        count=200_000,
        quick_count=5_000,
        against_best=False,
        targets=(Target(metric="drain-late", figure=LIMIT),),
    ),
)
