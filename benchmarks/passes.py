"""The timing of passes: the same number of operations again and again, until the median means something."""

from __future__ import annotations

import statistics
from collections.abc import Callable

long_enough = 0.4  # seconds of measured passes in one process; `measure` sets 0 for a quick one: a single pass


def rate(one_pass: Callable[[int], float], count: int) -> float:
    """Return operations a second: the median over as many passes of `count` as `long_enough` takes, after a warm-up.

    `one_pass(count)` does that many operations, verifies them and returns the seconds they took.
    """
    one_pass(max(1, count // 10))
    seconds: list[float] = []
    while not seconds or sum(seconds) < long_enough:
        seconds.append(one_pass(count))
    return count / statistics.median(seconds)
