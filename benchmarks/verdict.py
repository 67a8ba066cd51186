"""Whether the figures reach the targets."""

from __future__ import annotations

from dataclasses import dataclass

from .runner import Results, Row
from .workload import Metric, Workload


@dataclass(frozen=True)
class Verdict:
    """A target: `wanted` times as good as `rival`. `achieved` and `met` are None where something was not measured."""

    metric: str
    target: str
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


def best_row(metric: Metric, rows: list[Row], peer: str | None = None) -> Row | None:
    """Return the best product's row, of `peer` if given; neither ours nor what is no product."""
    rivals = [
        (median, row)
        for row in rows
        if row.contender.product
        and not row.contender.ours
        and (peer is None or row.contender.peer == peer)
        and (median := row.median(metric.name)) is not None
    ]
    if not rivals:
        return None
    choose = max if metric.better == "higher" else min
    return choose(rivals, key=lambda rival: rival[0])[1]


def verdicts(results: Results) -> list[Verdict]:
    """Return every target of what was measured: those of the workloads, then in each table "not behind the best"."""
    named = [
        judge(workload, metric, results, peer, wanted)
        for workload in results.workloads
        for metric in workload.metrics
        for peer, wanted in workload.targets.items()
    ]
    best = [
        judge(workload, metric, results, None, 1.0) for workload in results.workloads for metric in workload.metrics
    ]
    return named + best


def judge(workload: Workload, metric: Metric, results: Results, peer: str | None, wanted: float) -> Verdict:
    rows = results.rows[workload.name]
    own, rival = own_row(rows), best_row(metric, rows, peer)
    target = f"{metric.title}: " + (f"at least {wanted:g} x {peer}" if peer else "not behind the best product")
    ours = own.median(metric.name) if own else None
    theirs = rival.median(metric.name) if rival else None
    return Verdict(metric.name, target, rival.contender.label if rival else None, wanted, ratio(metric, ours, theirs))
