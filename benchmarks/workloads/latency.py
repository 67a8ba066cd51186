"""A stream served beside tasks that block: ten tasks that each block 5 ms a turn, and a timer that is a stream.

A thread makes the stream readable 100 to 150 ms after the task began to wait for it; what counts is how long the task
then still waits. The rows are of each loop's usual order, and of twincore with that stream, or everything from outside,
urgent.
"""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from functools import partial
from time import perf_counter
from typing import Any

from twincore.desktop.bench.scripts import percentile

from ..products import LOOPS, Run, library, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, start_thread, twincore_rows

TASKS = 10
BLOCK = 0.005  # seconds
PERIOD = 0.1
LIMIT = 0.106  # after which it has to have fired
TITLE = "A 100 ms stream timer beside 10 tasks that block 5 ms each"


async def read_with_twincore(policy: str, stream: socket.socket) -> bytes:
    """`policy`: "", "urgent" for this stream, "first" for everything."""
    from twincore import core

    if policy == "first":
        core.urgent_first()
    return bytes(await core.Stream(stream, urgent=policy == "urgent").read(1))


async def read_with_asyncio(stream: socket.socket) -> bytes:
    return await asyncio.get_running_loop().sock_recv(stream, 1)


async def lateness(read: Any, create_task: Any, sleep: Any, count: int) -> list[float]:
    """Return how late the task was, in ms, `count` times."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    waiting = threading.Semaphore(0)
    stamps: list[float] = []
    turns = [0] * TASKS
    late: list[float] = []

    async def block(number: int) -> None:
        while len(late) < count:
            time.sleep(BLOCK)
            turns[number] += 1
            await sleep(0)

    generator = random.Random(1)

    def fire() -> None:
        for i in range(count):
            waiting.acquire()
            time.sleep(PERIOD + generator.random() * TASKS * BLOCK)  # wherever in a round that ends
            stamps.append(perf_counter())
            theirs.send(bytes([i & 0xFF]))

    thread = start_thread(fire)
    tasks = [create_task(block(number)) for number in range(TASKS)]
    for i in range(count):
        waiting.release()
        check(await read(ours) == bytes([i & 0xFF]), "the stream timer's bytes came out of order")
        late.append((perf_counter() - stamps[i]) * 1e3)
    for task in tasks:
        await task
    thread.join()
    ours.close()
    theirs.close()
    check(max(turns) - min(turns) <= 1, f"the tasks that block had unequal turns: {turns}")
    return late


def measure(run: Run, read: Any, library_name: str, count: int) -> Figures:
    aio = library(library_name)
    late = run(lateness(read, aio.create_task, aio.sleep, count))
    return {"latency-p50": percentile(late, 50), "latency-max": max(late)}


WORKLOADS = (
    Workload(
        name="latency",
        group="latency",
        metrics=(
            Metric("latency-p50", f"{TITLE}: lateness, p50", "ms", "lower"),
            Metric("latency-max", f"{TITLE}: lateness, worst", "ms", "lower"),
        ),
        contenders=(
            *(
                row
                for policy, how in (("", ""), ("urgent", "urgent"), ("first", "urgent_first"))
                for row in twincore_rows(
                    partial(measure, run_twincore, partial(read_with_twincore, policy), "twincore"), how
                )
            ),
            *(
                Contender(name, (name,), partial(measure, run, read_with_asyncio, "asyncio"), name)
                for name, run in LOOPS.items()
            ),
        ),
        count=40,
        quick_count=2,
        against_best=False,
        targets=tuple(
            Target(metric="latency-max", row=f"twincore {how}", figure=(LIMIT - PERIOD) * 1e3)
            for how in ("urgent", "urgent_first")
        ),
    ),
)
