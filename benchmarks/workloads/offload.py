"""Offload: a task awaits a blocking function that does nothing, one call at a time, and 100 calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, twincore_rows

AT_ONCE = 100
Call = Callable[..., Awaitable[Any]]
Batch = Callable[[Call], Awaitable[list[int]]]


def echo(number: int) -> int:
    """The blocking function."""
    return number


async def one_by_one(call: Call, count: int) -> float:
    """Return the seconds for `count` calls in turn."""
    start = perf_counter()
    for i in range(count):
        if await call(echo, i) != i:
            check(False, f"call {i} gave another's result")
    return perf_counter() - start


async def at_once(call: Call, batch: Batch, count: int) -> float:
    """Return the seconds for `count` calls, AT_ONCE of them at a time."""
    expected = list(range(AT_ONCE))
    rounds = max(1, count // AT_ONCE)
    start = perf_counter()
    for _ in range(rounds):
        check(await batch(call) == expected, "results lost or mixed up")
    return (perf_counter() - start) * count / (rounds * AT_ONCE)


async def gathered(call: Call) -> list[int]:
    return await asyncio.gather(*[call(echo, i) for i in range(AT_ONCE)])


async def gathered_by_twincore(call: Call) -> list[int]:
    from twincore.core import gather

    results: list[int] = await gather(*[call(echo, i) for i in range(AT_ONCE)])
    return results


def fill(call: Call, results: list[int], i: int) -> Callable[[], Coroutine[Any, Any, None]]:
    async def one() -> None:
        results[i] = await call(echo, i)

    return one


async def in_nursery(call: Call) -> list[int]:
    import trio

    results = [-1] * AT_ONCE
    async with trio.open_nursery() as nursery:
        for i in range(AT_ONCE):
            nursery.start_soon(fill(call, results, i))
    return results


async def in_task_group(call: Call) -> list[int]:
    import anyio

    results = [-1] * AT_ONCE
    async with anyio.create_task_group() as group:
        for i in range(AT_ONCE):
            group.start_soon(fill(call, results, i))
    return results


async def with_unblock(measured: Callable[[Call], Awaitable[float]]) -> float:
    from twincore.offload import unblock

    return await measured(unblock)


async def with_worker(measured: Callable[[Call], Awaitable[float]]) -> float:
    from twincore.offload import Worker

    async with Worker(qsize=1024) as worker:
        return await measured(worker.assign)


async def with_to_thread(measured: Callable[[Call], Awaitable[float]]) -> float:
    return await measured(asyncio.to_thread)


async def with_executor(measured: Callable[[Call], Awaitable[float]]) -> float:
    return await measured(partial(asyncio.get_running_loop().run_in_executor, None))


async def with_anyio(measured: Callable[[Call], Awaitable[float]]) -> float:
    import anyio

    return await measured(anyio.to_thread.run_sync)


async def with_trio(measured: Callable[[Call], Awaitable[float]]) -> float:
    import trio

    return await measured(trio.to_thread.run_sync)


def run_trio(coroutine: Any) -> Any:
    import trio

    async def main() -> Any:
        return await coroutine

    return trio.run(main)


def measure(name: str, run: Run, using: Callable[..., Any], batch: Batch, count: int) -> Figures:
    if name == "offload-one":
        per_second = rate(lambda n: run(using(lambda call: one_by_one(call, n))), count)
        return {name: 1e6 / per_second}
    return {name: rate(lambda n: run(using(lambda call: at_once(call, batch, n))), count) / 1e3}


def contenders(name: str) -> tuple[Contender, ...]:
    def row(label: str, needs: tuple[str, ...], run: Run, using: Any, batch: Batch, peer: str) -> Contender:
        return Contender(label, needs, partial(measure, name, run, using, batch), peer)

    rows = [
        *twincore_rows(partial(measure, name, run_twincore, with_unblock, gathered_by_twincore)),
        *twincore_rows(partial(measure, name, run_twincore, with_worker, gathered_by_twincore), "Worker"),
    ]
    for loop, run in LOOPS.items():
        rows += [
            row(f"asyncio.to_thread on {loop}", (loop,), run, with_to_thread, gathered, f"to_thread on {loop}"),
            row(f"run_in_executor on {loop}", (loop,), run, with_executor, gathered, loop),
            row(f"anyio on {loop}", ("anyio", loop), run, with_anyio, in_task_group, "anyio"),
        ]
    rows.append(row("trio", ("trio",), run_trio, with_trio, in_nursery, "trio"))
    return tuple(rows)


WORKLOADS = (
    Workload(
        name="offload-one",
        group="offload",
        metrics=(Metric("offload-one", "Offload a no-op, one at a time: time of a call", "µs", "lower"),),
        contenders=contenders("offload-one"),
        count=5_000,
        quick_count=300,
        pinned=True,
        targets=(Target("to_thread on asyncio", 3.5), Target("uvloop", 2)),
    ),
    Workload(
        name="offload-100",
        group="offload",
        metrics=(Metric("offload-100", "Offload a no-op, 100 at once: calls", "k/s"),),
        contenders=contenders("offload-100"),
        count=10_000,
        quick_count=500,
        pinned=True,
        targets=(Target("to_thread on asyncio", 10), Target("uvloop", 8)),
    ),
)
