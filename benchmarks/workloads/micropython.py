"""MicroPython's unix port: task switches, the same beside a waiting ThreadSafeFlag, heap of a sleeping task, wake-ups.

Each measurement starts an interpreter of its own, on a script of desktop/bench/on_micropython; the peer is the asyncio
built into it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twincore.desktop.bench.scripts import BUILT_IN, SCRIPTS, TWINCORE, figure

from .. import passes
from ..products import MICROPYTHON
from ..workload import Contender, Figures, Metric, Target, Workload

PEER = "built-in asyncio"


def result(script: str, which: str, *args: int | str) -> float:
    """Run the script and return what it measured."""
    from twincore.desktop.targets import unix_port

    return figure(unix_port.run(SCRIPTS / script, args=[which, *map(str, args)], timeout=None))


def switches(name: str, tasks: int, flags: int, which: str, count: int) -> Figures:
    milliseconds = round(passes.long_enough * 1000)
    return {name: result("switch.py", which, tasks, max(1, count // tasks), flags, milliseconds) / 1e3}


def memory(which: str, count: int) -> Figures:
    return {"micropython-memory": result("heap.py", which, count)}


def wakeup(how: str, which: str, count: int) -> Figures:
    return {"micropython-wakeup": result("idle_wakeup.py", which, how, count)}


def contenders(measure: Callable[[str, int], Figures]) -> tuple[Contender, ...]:
    return (
        Contender("twincore", (MICROPYTHON,), partial(measure, TWINCORE), "twincore", ours=True),
        Contender(PEER, (MICROPYTHON,), partial(measure, BUILT_IN), PEER),
    )


def switching(tasks: int) -> Workload:
    name = f"micropython-switch-{tasks}"
    return Workload(
        name=name,
        group="micropython",
        metrics=(Metric(name, f"MicroPython unix: task switch, {tasks} tasks", "k/s"),),
        contenders=contenders(partial(switches, name, tasks, 0)),
        count=20_000,
        quick_count=1_000,
    )


def switching_beside_flag(tasks: int) -> Workload:
    name = f"micropython-flag-{tasks}"
    return Workload(
        name=name,
        group="micropython",
        metrics=(Metric(name, f"MicroPython unix: task switch, {tasks} tasks, a flag pending", "k/s"),),
        contenders=contenders(partial(switches, name, tasks, 1)),
        count=2_000,  # the built-in asyncio needs a millisecond for each
        quick_count=100,
        targets=(Target(PEER, 300.0),),
    )


WORKLOADS = (
    *(switching(tasks) for tasks in (10, 100)),
    *(switching_beside_flag(tasks) for tasks in (10, 100)),
    Workload(
        name="micropython-memory",
        group="micropython",
        metrics=(Metric("micropython-memory", "MicroPython unix: heap of a sleeping task, of 1 000", "B", "lower"),),
        contenders=contenders(memory),
        count=1_000,
        quick_count=100,
    ),
    Workload(
        name="micropython-wakeup",
        group="micropython",
        metrics=(Metric("micropython-wakeup", "MicroPython unix: wake-up of an idle loop, p50", "µs", "lower"),),
        contenders=(
            *contenders(partial(wakeup, "flag")),
            *(
                Contender(
                    f"twincore {kind}", (MICROPYTHON,), partial(wakeup, how, TWINCORE), f"twincore {kind}", ours=True
                )
                for how, kind in (("event", "ThreadSafeEvent"), ("queue", "ThreadSafeQueue"))
            ),
        ),
        count=400,
        quick_count=20,
        pinned=True,
        targets=(Target(figure=30.0), Target(row="twincore ThreadSafeQueue", figure=30.0)),
    ),
)
