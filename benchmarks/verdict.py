"""Whether the figures reach the targets."""

from __future__ import annotations

from dataclasses import dataclass

from .products import TWINCORE
from .runner import Results, Row
from .workload import Metric, Target

NOT_BEHIND = Target()


@dataclass(frozen=True)
class Verdict:
    """A target: `row`, one of ours, `wanted` times as good as `rival`.

    `achieved` and `met` are None where something was not measured.
    """

    metric: str
    target: str
    row: str
    rival: str | None
    wanted: float
    achieved: float | None

    @property
    def met(self) -> bool | None:
        return None if self.achieved is None else self.achieved >= self.wanted


def ratio(metric: Metric, ours: float | None, theirs: float | None) -> float | None:
    """Return how many times as good as `theirs` `ours` is; above 1 is better, whichever way the metric counts."""
    if not ours or not theirs:
        return None
    return ours / theirs if metric.better == "higher" else theirs / ours


def own_row(rows: list[Row]) -> Row | None:
    """Return twincore's row: its first, compiled one."""
    return next((row for row in rows if row.contender.ours and row.contender.product), None)


def best_row(metric: Metric, rows: list[Row], peer: str = "") -> Row | None:
    """Return the best row of `peer`; without one the best product's, of those that are not ours."""
    rivals = [
        (median, row)
        for row in rows
        if (row.contender.peer == peer if peer else row.contender.product and not row.contender.ours)
        and (median := row.median(metric.name)) is not None
    ]
    if not rivals:
        return None
    choose = max if metric.better == "higher" else min
    return choose(rivals, key=lambda rival: rival[0])[1]


def verdicts(results: Results) -> list[Verdict]:
    """Return every target of what was measured: those of the workloads, then in each table "not behind the best"."""
    named = [
        judge(metric, results.rows[workload.name], target)
        for workload in results.workloads
        for target in workload.targets
        for metric in workload.metrics
        if target.metric in ("", metric.name)
    ]
    best = [
        judge(metric, results.rows[workload.name], NOT_BEHIND)
        for workload in results.workloads
        if workload.against_best and any(c.product and not c.ours for c in workload.contenders)
        for metric in workload.metrics
    ]
    return named + best


def judge(metric: Metric, rows: list[Row], target: Target) -> Verdict:
    who = "" if target.row == TWINCORE else f"{target.row} "
    own, rival = best_row(metric, rows, target.row), best_row(metric, rows, target.rival)
    ours = own.median(metric.name) if own else None
    if target.figure is not None:
        what = f"at {'least' if metric.better == 'higher' else 'most'} {target.figure:g} {metric.unit}"
        theirs, label = target.figure, None
    else:
        rival_name = target.rival or "the best product"
        what = "not behind the best product" if target is NOT_BEHIND else f"at least {target.times:.3g} x {rival_name}"
        theirs = rival.median(metric.name) if rival else None
        label = rival.contender.label if rival else None
    text = f"{metric.title}: {who}{what}"
    return Verdict(metric.name, text, target.row, label, target.times, ratio(metric, ours, theirs))
