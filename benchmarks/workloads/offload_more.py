"""Offload beside a thread that computes, names that are looked up, and what a job that waits in the queue holds."""

from __future__ import annotations

import asyncio
import socket
import threading
import tracemalloc
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, twincore_rows
from .offload import echo

THREADS = 4


class Spinning:
    """A thread that does nothing but compute, for the time of a `with` block."""

    def __enter__(self) -> None:
        self._ended = False
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()

    def _spin(self) -> None:
        while not self._ended:
            sum(range(100))

    def __exit__(self, *exc: object) -> None:
        self._ended = True
        self._thread.join()


async def in_turn(call: Callable[..., Awaitable[Any]], args: tuple[Any, ...], count: int) -> float:
    """Return the seconds for `count` calls one after another."""
    await call(*args)
    start = perf_counter()
    for _ in range(count):
        await call(*args)
    return perf_counter() - start


def calls(name: str, run: Run, call: Callable[[], Callable[..., Awaitable[Any]]], args: Any, count: int) -> Figures:
    async def main(n: int) -> float:
        return await in_turn(call(), args, n)

    if name == "offload-spin":
        with Spinning():
            return {name: rate(lambda n: run(main(n)), count)}
    return {name: 1e6 / rate(lambda n: run(main(n)), count)}


def unblock() -> Callable[..., Awaitable[Any]]:
    from twincore import offload

    found: Callable[..., Awaitable[Any]] = offload.unblock
    return found


def look_up() -> Callable[..., Awaitable[Any]]:
    from twincore import offload

    found: Callable[..., Awaitable[Any]] = offload.getaddrinfo
    return found


def to_thread() -> Callable[..., Awaitable[Any]]:
    return asyncio.to_thread


def look_up_by_loop() -> Callable[..., Awaitable[Any]]:
    async def look_up(host: str, port: int) -> Any:
        return await asyncio.get_running_loop().getaddrinfo(host, port)

    return look_up


def rows(name: str, ours: Any, ours_args: Any, theirs: Any, theirs_args: Any) -> tuple[Contender, ...]:
    return (
        *twincore_rows(partial(calls, name, run_twincore, ours, ours_args)),
        *[
            Contender(loop, (loop,), partial(calls, name, run, theirs, theirs_args), loop)
            for loop, run in LOOPS.items()
        ],
    )


def bytes_of_jobs(count: int) -> Figures:
    """Of a job that waits while all threads are at work."""
    from twincore import core
    from twincore.offload import Job, Pool

    async def main() -> int:
        gate = threading.Event()
        pool = Pool(THREADS, qsize=count)
        busy = [core.create_task(held(pool.assign(gate.wait))) for _ in range(THREADS)]
        while pool.statistics()["running"] < THREADS:
            await core.sleep_ms(1)
        jobs: list[Any] = [None] * count
        tracemalloc.start()
        for i in range(count):
            job = jobs[i] = Job(pool, echo, (i,), {})
            job.start()
        taken = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        gate.set()
        for task in busy:
            await task
        check([await job for job in jobs] == list(range(count)), "results lost or mixed up")
        await pool.close()
        return taken

    return {"offload-memory": run_twincore(main()) / count}


async def held(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def bytes_of_futures(count: int) -> Figures:
    gate = threading.Event()
    with ThreadPoolExecutor(THREADS) as executor:
        busy = [executor.submit(gate.wait) for _ in range(THREADS)]
        futures: list[Any] = [None] * count
        tracemalloc.start()
        for i in range(count):
            futures[i] = executor.submit(echo, i)
        taken = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        gate.set()
        check([future.result() for future in futures] == list(range(count)), "results lost or mixed up")
        for future in busy:
            future.result()
    return {"offload-memory": taken / count}


WORKLOADS = (
    Workload(
        name="offload-spin",
        group="offload",
        metrics=(Metric("offload-spin", "Offload a no-op beside a thread that computes: calls", "/s"),),
        contenders=rows("offload-spin", unblock, (echo, 1), to_thread, (echo, 1)),
        count=300,
        quick_count=20,
        pinned=True,
        targets=(Target("asyncio", 2),),
    ),
    Workload(
        name="offload-names",
        group="offload",
        metrics=(Metric("offload-names", 'getaddrinfo("localhost"): time of a call', "µs", "lower"),),
        contenders=(
            *rows("offload-names", look_up, ("localhost", 80), look_up_by_loop, ("localhost", 80)),
            Contender("socket.getaddrinfo, blocking", (), lambda n: plain_look_up(n), product=False),
        ),
        count=3000,
        quick_count=100,
        pinned=True,
        targets=(Target("asyncio", 2),),
    ),
    Workload(
        name="offload-memory",
        group="offload",
        metrics=(Metric("offload-memory", f"Memory of a job queued behind {THREADS} threads", "B", "lower"),),
        contenders=(
            *twincore_rows(bytes_of_jobs),
            Contender("ThreadPoolExecutor", (), bytes_of_futures, "ThreadPoolExecutor"),
        ),
        count=10_000,
        quick_count=500,
        targets=(Target("ThreadPoolExecutor", 2),),
    ),
)


def plain_look_up(count: int) -> Figures:
    """What the look-up itself takes."""
    return {"offload-names": 1e6 / rate(lambda n: _plain(n), count)}


def _plain(count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        socket.getaddrinfo("localhost", 80)
    return perf_counter() - start
