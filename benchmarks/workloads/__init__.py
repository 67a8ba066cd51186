"""What is measured: one module a subject."""

from __future__ import annotations

from ..workload import Workload
from . import (
    beside,
    drain,
    echo,
    files,
    growth,
    latency,
    load,
    many,
    memory,
    micropython,
    nmea,
    offload,
    offload_more,
    pingpong,
    primitives,
    queue,
    sqlite,
    switch,
    sync,
    tasks,
    timers,
    wakeup,
)

WORKLOADS: tuple[Workload, ...] = (
    *switch.WORKLOADS,
    *beside.WORKLOADS,
    *sync.WORKLOADS,
    *primitives.WORKLOADS,
    *tasks.WORKLOADS,
    *timers.WORKLOADS,
    *memory.WORKLOADS,
    *growth.WORKLOADS,
    *echo.WORKLOADS,
    *latency.WORKLOADS,
    *queue.WORKLOADS,
    *many.WORKLOADS,
    *wakeup.WORKLOADS,
    *pingpong.WORKLOADS,
    *load.WORKLOADS,
    *drain.WORKLOADS,
    *offload.WORKLOADS,
    *offload_more.WORKLOADS,
    *sqlite.WORKLOADS,
    *files.WORKLOADS,
    *nmea.WORKLOADS,
    *micropython.WORKLOADS,
)
GROUPS = tuple(dict.fromkeys(workload.group for workload in WORKLOADS))
NAMES = tuple(workload.name for workload in WORKLOADS)


def named(name: str) -> Workload:
    """Return the workload of that name."""
    return WORKLOADS[NAMES.index(name)]


def chosen(names: list[str]) -> list[Workload]:
    """Return the workloads that `names`, of workloads or of groups, stand for; KeyError holds the first unknown one."""
    for name in names:
        if name not in NAMES and name not in GROUPS:
            raise KeyError(name)
    return [w for w in WORKLOADS if not names or w.name in names or w.group in names]
