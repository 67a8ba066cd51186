"""What a workload is, and what its modules share: tables, rows, the timing of passes, threads whose errors count."""

from __future__ import annotations

import os
import statistics
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .products import PURE, TWINCORE

Figures = dict[str, float]
LONG_ENOUGH = 0.4  # seconds of measured passes in one process


class Lost(AssertionError):
    """A product lost, doubled or reordered work: its figure would mean nothing."""


@dataclass(frozen=True)
class Metric:
    """One table: what `name` measures. `better` is "higher" or "lower"."""

    name: str
    title: str
    unit: str
    better: str = "higher"


@dataclass(frozen=True)
class Contender:
    """One row. `peer` is what targets call it; `measure(count)` gives a figure for each metric of the workload."""

    label: str
    needs: tuple[str, ...]
    measure: Callable[[int], Figures]
    peer: str = ""
    note: str = ""
    product: bool = True  # False: by hand, or a variant of ours; shown, but not one to beat

    @property
    def ours(self) -> bool:
        return self.needs[0] in (TWINCORE, PURE)


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
    targets: dict[str, float] = field(default_factory=dict)  # peer: how many times as good twincore has to be


def twincore_rows(measure: Callable[[int], Figures], how: str = "") -> tuple[Contender, ...]:
    """Return the rows of twincore compiled and plain; `how` tells apart several ways to use it."""
    name = f"{TWINCORE} {how}".strip()
    return (
        Contender(name, (TWINCORE,), measure, peer=name),
        Contender(f"{name} (pure)", (PURE,), measure, product=False, note="plain Python"),
    )


def check(condition: bool, message: str) -> None:
    """Raise Lost with `message` unless `condition` holds (unlike assert, also under python -O)."""
    if not condition:
        raise Lost(message)


def rate(one_pass: Callable[[int], float], count: int) -> float:
    """Return operations a second: the median over as many passes of `count` as LONG_ENOUGH takes, after a warm-up.

    `one_pass(count)` does that many operations, verifies them and returns the seconds they took.
    """
    one_pass(max(1, count // 10))
    seconds: list[float] = []
    while not seconds or sum(seconds) < LONG_ENOUGH:
        seconds.append(one_pass(count))
    return count / statistics.median(seconds)


def percentile(samples: list[float], percent: float) -> float:
    """Return the value that `percent` of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


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
