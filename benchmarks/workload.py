"""What a workload is, and what its modules share: tables, rows, targets, threads whose errors count."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .products import LOOPS, PURE, TWINCORE, Run, library, run_twincore

Figures = dict[str, float]


class Lost(AssertionError):
    """A product lost, doubled or reordered work: its figure would mean nothing."""


@dataclass(frozen=True)
class Metric:
    """One table: what `name` measures. `better` is "higher" or "lower".

    `column` heads it where its workload's metrics share a table.
    """

    name: str
    title: str
    unit: str
    better: str = "higher"
    column: str = ""


@dataclass(frozen=True)
class Contender:
    """One row. `peer` is what targets call it; `measure(count)` gives a figure for each metric of the workload."""

    label: str
    needs: tuple[str, ...]
    measure: Callable[[int], Figures]
    peer: str = ""
    note: str = ""
    product: bool = True  # False: by hand, or a variant of ours; shown, but not one to beat
    ours: bool = False


@dataclass(frozen=True)
class Target:
    """What one of our rows has to reach: `times` as good as the best row of `rival`, which may be another of ours.

    `row` and `rival` are what contenders call `peer`; without `rival` it is the best product, or `figure` if that is
    given. Without `metric` it holds for each of the workload's.
    """

    rival: str = ""
    times: float = 1.0
    metric: str = ""
    row: str = TWINCORE
    figure: float | None = None  # to be reached, in place of a rival's


@dataclass(frozen=True)
class Workload:
    """What one child process measures for one contender."""

    name: str
    group: str
    metrics: tuple[Metric, ...]
    contenders: tuple[Contender, ...]
    count: int  # items, calls or samples in a pass
    quick_count: int
    pinned: bool = False  # on two CPUs it is bimodal: to be quoted with the process on one
    targets: tuple[Target, ...] = ()
    against_best: bool = True  # not to be behind the best product is a target, too
    table: str = ""  # title of one table for all metrics, a column each
    most_rounds: int = 1000  # for what takes long
    limit: float = 120  # seconds for one measurement; what takes longer hangs


def twincore_rows(measure: Callable[[int], Figures], how: str = "") -> tuple[Contender, ...]:
    """Return the rows of twincore compiled and plain; `how` tells apart several ways to use it."""
    name = f"{TWINCORE} {how}".strip()
    return (
        Contender(name, (TWINCORE,), measure, peer=name, ours=True),
        Contender(f"{name} (pure)", (PURE,), measure, f"{name} (pure)", "plain Python", product=False, ours=True),
    )


Program = Callable[[Run, Any, int], Figures]


def loop_rows(program: Program) -> tuple[Contender, ...]:
    """Return the rows of what is the same code on twincore, asyncio and uvloop.

    `program(run, aio, count)` measures it: `aio` is twincore.core or asyncio, `run` runs a coroutine of it.
    """
    return (
        *twincore_rows(partial(_measure_program, program, run_twincore, TWINCORE)),
        *(Contender(n, (n,), partial(_measure_program, program, run, "asyncio"), n) for n, run in LOOPS.items()),
    )


def _measure_program(program: Program, run: Run, name: str, count: int) -> Figures:
    return program(run, library(name), count)


def check(condition: bool, message: str) -> None:
    """Raise Lost with `message` unless `condition` holds (unlike assert, also under python -O)."""
    if not condition:
        raise Lost(message)


def start_thread(target: Callable[..., Any], *args: Any) -> threading.Thread:
    """Start `target` on a daemon thread. Its error ends the process, so that nobody waits for it for ever."""

    def guarded() -> None:
        try:
            target(*args)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    return thread
