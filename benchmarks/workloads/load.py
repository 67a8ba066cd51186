"""Latency under load: from a thread's call to the task that waited for it, beside other ready tasks, or a busy thread.

The thread calls when it has the interpreter; what it waited for that is a column of its own, since a loop that enters
the system at each pass lets threads in sooner than one that does not. What the loop needs to have it again is in the
others. To be looked at beside uvloop's and asyncio's, not held to anything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from twincore.desktop.bench.scripts import percentile

from ..bridges import Bridge, CallSoon, Twincore
from ..products import LOOPS, TWINCORE, Run, library, run_twincore
from ..workload import Contender, Figures, Metric, Workload, check, start_thread, twincore_rows
from .wakeup import CallSoonEvent, Ringer, ThroughBridge, TwincoreEvent, ring

TASKS = (0, 10, 1_000)


async def beside_tasks(make: Callable[[], Any], aio: Any, tasks: int, count: int) -> Ringer:
    """Return the thread, and what it measured while `tasks` others took turns."""
    over: list[None] = []
    turns = [0] * tasks

    async def turn(number: int) -> None:
        while not over:
            turns[number] += 1
            await aio.sleep(0)

    others = [aio.create_task(turn(number)) for number in range(tasks)]
    ringer = await ring(make, count)
    over.append(None)
    for task in others:
        await task
    if tasks:
        check(min(turns) > 0 and max(turns) - min(turns) <= 1, "the other tasks had unequal turns")
    return ringer


def spin(over: list[None]) -> None:
    """Keep a thread busy with Python code until `over` holds something."""
    while not over:
        pass


def measure(
    name: str, tasks: int, spinning: bool, run: Run, library_name: str, make: Callable[[], Any], count: int
) -> Figures:
    aio = library(library_name)
    over: list[None] = []
    if spinning:
        start_thread(spin, over)
    ringer = run(beside_tasks(make, aio, tasks, count))
    over.append(None)
    samples = ringer.latencies()
    check(len(samples) == count and min(samples) > 0, "a task went on before it was woken")
    figures = {"p50": percentile(samples, 50), "p99": percentile(samples, 99), "max": max(samples)}
    figures["thread"] = percentile(ringer.late, 50) * 1e6
    return {f"{name}-{metric}": figure for metric, figure in figures.items()}


def through(bridge_class: type[Bridge]) -> Callable[[], Any]:
    return partial(ThroughBridge, bridge_class)


def workload(name: str, beside: str, tasks: int, spinning: bool, count: int) -> Workload:
    title = f"Thread to task {beside}"
    rows = [
        *twincore_rows(partial(measure, name, tasks, spinning, run_twincore, TWINCORE, through(Twincore))),
        *twincore_rows(partial(measure, name, tasks, spinning, run_twincore, TWINCORE, TwincoreEvent), "event"),
    ]
    for loop, run in sorted(LOOPS.items(), reverse=True):
        for how, make in (("queue", through(CallSoon)), ("event", CallSoonEvent)):
            figures = partial(measure, name, tasks, spinning, run, "asyncio", make)
            rows.append(Contender(f"call_soon_threadsafe on {loop}, {how}", (loop,), figures, f"{loop} {how}"))
    return Workload(
        name=name,
        group="load",
        metrics=(
            *(Metric(f"{name}-{m}", f"{title}, {m}", "µs", "lower", m) for m in ("p50", "p99", "max")),
            Metric(f"{name}-thread", f"{title}, the thread's own lateness, p50", "µs", "lower", "thread itself late"),
        ),
        contenders=tuple(rows),
        count=count,
        quick_count=20,
        pinned=True,
        against_best=False,
        table=title,
    )


SWITCH = f"{sys.getswitchinterval() * 1e3:g} ms"  # for which CPython lets a thread run on when another wants to
WORKLOADS = (
    *(workload(f"load-{n}", f"beside {n:_} ready tasks".replace("_", " "), n, False, 300) for n in TASKS),
    workload("load-spin", f"beside a thread that computes ({SWITCH} a turn)", 0, True, 100),
)
