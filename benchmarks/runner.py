"""Runs the measurements: round by round, in each round every contender once, each in a fresh process.

Taking turns, they share the machine's good and bad moments; the median over the rounds is what counts.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .products import child_environment, reason_missing
from .workload import Contender, Figures, Workload

ROOT = Path(__file__).resolve().parent.parent


class MeasurementFailed(Exception):
    """A contender crashed, hung or lost work."""


@dataclass(frozen=True)
class Settings:
    """`cpus` says for each workload which CPU to pin to; one that is not in it runs on all."""

    rounds: int
    quick: bool
    pure: bool
    cpus: dict[str, int]

    def rounds_of(self, workload: Workload) -> int:
        return min(self.rounds, workload.most_rounds)


@dataclass
class Row:
    """What a contender achieved in a workload: its figures round by round, and what went wrong."""

    contender: Contender
    figures: list[Figures] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def values(self, metric: str) -> list[float]:
        return [figures[metric] for figures in self.figures]

    def median(self, metric: str) -> float | None:
        """None if there is no figure, or none to trust because some round failed."""
        return statistics.median(self.values(metric)) if self.figures and not self.errors else None


@dataclass
class Results:
    """Everything measured; `missing` are the rows that could not be, with the reason."""

    workloads: list[Workload]
    settings: Settings
    rows: dict[str, list[Row]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def errors(self) -> list[str]:
        return [
            f"{name}, {row.contender.label}: {error}"
            for name, rows in self.rows.items()
            for row in rows
            for error in row.errors
        ]


def prepare(workloads: Sequence[Workload], settings: Settings) -> Results:
    """Choose the rows that can be measured here."""
    results = Results(list(workloads), settings)
    for workload in workloads:
        rows = results.rows[workload.name] = []
        for contender in workload.contenders:
            if contender.ours and not contender.product and not settings.pure:
                continue
            reason = next((f"{need} {why}" for need in contender.needs if (why := reason_missing(need))), None)
            if reason is None:
                rows.append(Row(contender))
            else:
                results.missing[f"{workload.name}: {contender.label}"] = reason
    return results


def run(results: Results, progress: Callable[[str], None]) -> None:
    """Measure every row of `results`, in place; `progress(what)` is called before each measurement.

    Ctrl-C ends it early, with what there is by then.
    """
    settings = results.settings
    try:
        for workload in results.workloads:
            rounds = settings.rounds_of(workload)
            for number in range(rounds):
                for row in results.rows[workload.name]:
                    progress(f"{workload.name} {number + 1}/{rounds}: {row.contender.label}")
                    try:
                        row.figures.append(measure_apart(workload, row.contender, settings))
                    except MeasurementFailed as error:
                        row.errors.append(str(error))
    except KeyboardInterrupt:
        results.interrupted = True


def measure_apart(workload: Workload, contender: Contender, settings: Settings) -> Figures:
    """Run one measurement in a process of its own. Raises MeasurementFailed."""
    index = workload.contenders.index(contender)
    command = [sys.executable, "-m", "benchmarks.measure", workload.name, str(index)]
    command.append("quick" if settings.quick else "full")
    if workload.name in settings.cpus:
        command.append(str(settings.cpus[workload.name]))
    environment = child_environment(contender.needs)
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=workload.limit
        )
    except subprocess.TimeoutExpired:
        raise MeasurementFailed(f"hung: killed after {workload.limit:g} s") from None
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise MeasurementFailed(f"exit code {done.returncode}: {last}")
    figures: Figures = json.loads(lines[-1])
    return figures
