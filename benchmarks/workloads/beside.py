"""What a switch of 100 tasks costs beside 100 armed flags, and in the loop of a thread that is not the main one."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..passes import rate
from ..products import Run, run_twincore
from ..workload import Figures, Metric, Target, Workload, check, start_thread, twincore_rows
from .switch import switches

TASKS = FLAGS = 100


async def switches_beside(flags: int, count: int) -> float:
    """Return the seconds of `count` switches between TASKS tasks, `flags` others being parked on a flag each."""
    from twincore import core

    armed = [core.ThreadSafeFlag() for _ in range(flags)]
    parked = [core.create_task(passing(flag)) for flag in armed]
    await core.sleep(0)
    seconds = await switches(core, TASKS, count)
    check(not any(task.done() for task in parked), "a flag was passed that nobody had set")
    for flag in armed:
        flag.set()
    for task in parked:
        check(await task, "a flag that was set woke nobody")
    return seconds


async def passing(flag: Any) -> bool:
    await flag.wait()
    return True


def measure(run: Run, flags: int, count: int) -> Figures:
    return {"switch-flags": rate(lambda n: run(switches_beside(flags, n)), count) / 1e6}


def measure_elsewhere(run: Run, count: int) -> Figures:
    figures: list[Figures] = []
    thread = start_thread(lambda: figures.append({"switch-thread": measure(run, 0, count)["switch-flags"]}))
    thread.join()
    return figures[0]


def measure_here(run: Run, count: int) -> Figures:
    return {"switch-thread": measure(run, 0, count)["switch-flags"]}


WORKLOADS = (
    Workload(
        name="switch-thread",
        group="switch",
        metrics=(Metric("switch-thread", f"Task switch, {TASKS} tasks, the loop of a second thread", "M/s"),),
        contenders=(
            *twincore_rows(partial(measure_elsewhere, run_twincore)),
            *twincore_rows(partial(measure_here, run_twincore), "on the main thread"),
        ),
        count=400_000,
        quick_count=20_000,
        targets=(Target("twincore on the main thread", 0.95),),
    ),
    Workload(
        name="switch-flags",
        group="switch",
        metrics=(Metric("switch-flags", f"Task switch, {TASKS} tasks, {FLAGS} flags armed", "M/s"),),
        contenders=(
            *twincore_rows(partial(measure, run_twincore, FLAGS)),
            *twincore_rows(partial(measure, run_twincore, 0), "without flags"),
        ),
        count=400_000,
        quick_count=20_000,
        targets=(Target("twincore without flags", 0.95),),
    ),
)
