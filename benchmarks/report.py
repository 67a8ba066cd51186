"""The results as tables, and as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twincore.desktop.bench.scripts import MET

from .runner import Results, Row
from .verdict import Verdict, best_row, own_row, ratio, verdicts
from .workload import Metric, Workload


def show(console: Console, results: Results, machine: dict[str, object]) -> None:
    """Print the machine, a table for each metric, what was missing or failed, and the targets."""
    show_machine(console, results, machine)
    for workload in results.workloads:
        for table in tables_of(workload, results):
            console.print()
            console.print(table)
    show_missing(console, results)
    for error in results.errors:
        console.print(f"[red]FAILED[/] {escape(error)}")
    console.print()
    console.print(target_table(verdicts(results)))
    if results.interrupted:
        console.print("[yellow]Interrupted: the tables hold what was measured until then.[/]")
    if results.settings.quick:
        console.print("[yellow]--quick: a smoke test. Not for quoting.[/]")


def show_machine(console: Console, results: Results, machine: dict[str, object]) -> None:
    console.print(f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, {machine['python']}")
    versions = machine["versions"]
    assert isinstance(versions, dict)
    present = [f"{name} {version}" for name, version in versions.items() if " " not in version]
    console.print(", ".join(present) + f"; load {machine['load']} at the start")
    console.print(f"Medians of {results.settings.rounds} rounds, each measurement in a fresh process, taking turns.")


def show_missing(console: Console, results: Results) -> None:
    reasons: dict[str, list[str]] = {}
    for row, reason in results.missing.items():
        reasons.setdefault(reason, []).append(row)
    for reason, rows in reasons.items():
        console.print(f"[yellow]Not measured:[/] {escape(reason)} ({escape(', '.join(rows))})", soft_wrap=True)


def tables_of(workload: Workload, results: Results) -> list[Table]:
    if workload.table:
        return [table_across(workload, results)]
    return [table_of(workload, metric, results) for metric in workload.metrics]


def table_of(workload: Workload, metric: Metric, results: Results) -> Table:
    """Return one metric's table, the best on top; the ratio is how many times as good twincore is."""
    cpu = results.settings.cpus.get(workload.name)
    where = "" if cpu is None else f" (pinned to CPU {cpu})"
    table = Table(title=f"{metric.title}{where}", title_justify="left", title_style="bold")
    table.add_column("product")
    table.add_column(metric.unit, justify="right")
    table.add_column("min..max", justify="right", style="dim")
    table.add_column("twincore is", justify="right")
    table.add_column("", style="dim")
    rows = results.rows[workload.name]
    own, best = own_row(rows), best_row(metric, rows)
    ours = own.median(metric.name) if own else None
    for row in ranked(metric, rows):
        values = row.values(metric.name)
        median = row.median(metric.name)
        times = ratio(metric, ours, median)
        table.add_row(
            row.contender.label + (" *" if row is best else ""),
            "failed" if row.errors else figure(median),
            f"{figure(min(values))}..{figure(max(values))}" if values else "",
            "" if row is own or times is None else f"{times:.2f} x",
            row.contender.note,
            style="bold green" if row.contender.ours else "" if row.contender.product else "italic",
        )
    table.caption = "* best product" if best else None
    table.caption_justify = "left"
    return table


def table_across(workload: Workload, results: Results) -> Table:
    """Return one table of all metrics; in brackets how many times as good twincore is."""
    first = workload.metrics[0]
    table = Table(title=f"{workload.table}, {first.unit}", title_justify="left", title_style="bold")
    table.add_column("product")
    for metric in workload.metrics:
        table.add_column(metric.column, justify="right")
    rows = results.rows[workload.name]
    own = own_row(rows)
    for row in rows:
        cells = []
        for metric in workload.metrics:
            median = row.median(metric.name)
            times = ratio(metric, own.median(metric.name), median) if own and row is not own else None
            cells.append("failed" if row.errors else figure(median) + ("" if times is None else f" ({times:.2f} x)"))
        table.add_row(row.contender.label, *cells, style="bold green" if row.contender.ours else "")
    return table


def ranked(metric: Metric, rows: list[Row]) -> list[Row]:
    def key(row: Row) -> tuple[bool, float]:
        median = row.median(metric.name)
        return median is None, (median or 0) * (-1 if metric.better == "higher" else 1)

    return sorted(rows, key=key)


def figure(value: float | None) -> str:
    """Return three significant digits, without an exponent."""
    if value is None:
        return "-"
    digits = 2 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:.{max(0, digits)}f}"


def target_table(found: list[Verdict]) -> Table:
    table = Table(title="Targets", title_justify="left", title_style="bold")
    table.add_column("target")
    table.add_column("best rival")
    table.add_column("wanted", justify="right")
    table.add_column("achieved", justify="right")
    table.add_column("met")
    for verdict in found:
        achieved = "" if verdict.achieved is None else f"{verdict.achieved:.2f} x"
        table.add_row(verdict.target, verdict.rival or "", f"{verdict.wanted:.3g} x", achieved, MET[verdict.met])
    return table


def as_json(results: Results, machine: dict[str, object]) -> dict[str, object]:
    """Return the document that README.md describes."""
    rows: list[dict[str, object]] = []
    for workload in results.workloads:
        for metric in workload.metrics:
            own = own_row(results.rows[workload.name])
            ours = own.median(metric.name) if own else None
            for row in ranked(metric, results.rows[workload.name]):
                median = row.median(metric.name)
                rows.append(
                    {
                        "workload": workload.name,
                        "metric": metric.name,
                        "title": metric.title,
                        "unit": metric.unit,
                        "better": metric.better,
                        "pinned_to": results.settings.cpus.get(workload.name),
                        "row": row.contender.label,
                        "product": row.contender.product,
                        "note": row.contender.note,
                        "median": median,
                        "values": row.values(metric.name),
                        "twincore_is": ratio(metric, ours, median),
                        "errors": row.errors,
                    }
                )
    return {
        "format": 1,
        "machine": machine,
        "settings": asdict(results.settings),
        "rows": rows,
        "missing": results.missing,
        "targets": [{**asdict(verdict), "met": verdict.met} for verdict in verdicts(results)],
        "interrupted": results.interrupted,
    }


def write_json(path: Path, results: Results, machine: dict[str, object]) -> None:
    """Write the results to `path`."""
    path.write_text(json.dumps(as_json(results, machine), indent=2) + "\n", encoding="utf-8")
