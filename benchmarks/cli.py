"""The words of `python -m benchmarks`: options, help, progress."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from . import machine, report, runner
from .workload import Workload
from .workloads import GROUPS, NAMES, WORKLOADS, chosen

EPILOG = f"""\b
Workloads, by group:
{chr(10).join(f"  {group}: " + ", ".join(w.name for w in WORKLOADS if w.group == group) for group in GROUPS)}

\b
Examples:
  python -m benchmarks                              everything, some 30 minutes
  python -m benchmarks --only switch,queue-in       one group and one workload
  python -m benchmarks --quick                      does it all work? Not for quoting.
  python -m benchmarks --json today.json --rounds 9

Close what else uses the machine first. Exit code: 0 when everything was measured, whether or not it reaches its target;
1 when a product crashed, hung or lost work; 2 for bad arguments; 130 after Ctrl-C, with tables of what there is.
"""


def select(context: click.Context, parameter: click.Parameter, value: str) -> list[Workload]:
    try:
        return chosen([name.strip() for name in value.split(",") if name.strip()])
    except KeyError as error:
        known = ", ".join(dict.fromkeys((*GROUPS, *NAMES)))
        raise click.BadParameter(f"no workload is called {error.args[0]!r}; there are: {known}") from None


def pin(context: click.Context, parameter: click.Parameter, value: str) -> int | str:
    usable = machine.usable_cpus()
    if value in ("auto", "none"):
        return value
    if not value.isdecimal() or int(value) not in usable:
        have = ", ".join(map(str, usable)) or "none, this system has no pinning"
        raise click.BadParameter(f"{value!r} is no usable CPU (usable: {have}), nor auto, nor none")
    return int(value)


@click.command(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.option("--only", "workloads", metavar="NAMES", default="", callback=select, help="Workloads, groups, by comma.")
@click.option("--rounds", type=click.IntRange(1, 1000), help="How often each is measured.  [default: 5; --quick: 1]")
@click.option("--quick", is_flag=True, help="A smoke test with little work; its figures mean nothing.")
@click.option("--pure", is_flag=True, help="Measure twincore as plain Python, too.")
@click.option(
    "--pin",
    "cpu",
    metavar="CPU",
    default="auto",
    show_default=True,
    callback=pin,
    help="Pin each process to this CPU; none: pin nothing; auto: wake-up, ping-pong, load and offload to the last CPU, "
    "since on two they measure how fast the machine wakes an idle CPU.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Also write the results there; the format is in benchmarks/README.md.",
)
def benchmarks(
    workloads: list[Workload], rounds: int | None, quick: bool, pure: bool, cpu: int | str, json_file: Path | None
) -> None:
    """Measure twincore beside its peers, in turns, each time in a fresh process, and print how they compare."""
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {json_file.parent}", param_hint="--json")
    settings = runner.Settings(rounds or (1 if quick else 5), quick, pure, pins(workloads, cpu))
    facts = machine.facts()
    results = runner.prepare(workloads, settings)
    with_progress(results)
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    report.show(console, results, facts)
    if json_file is not None:
        report.write_json(json_file, results, facts)
    if results.interrupted:
        sys.exit(130)
    sys.exit(1 if results.errors else 0)


def pins(workloads: list[Workload], cpu: int | str) -> dict[str, int]:
    """Return the CPU for each workload that is to be pinned."""
    usable = machine.usable_cpus()
    if cpu == "none" or not usable:
        return {}
    if cpu == "auto":
        return {workload.name: usable[-1] for workload in workloads if workload.pinned}
    return {workload.name: int(cpu) for workload in workloads}


def with_progress(results: runner.Results) -> None:
    """Measure, with a bar on a terminal."""
    total = sum(results.settings.rounds_of(w) * len(results.rows[w.name]) for w in results.workloads)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=total)
        started = 0

        def show(what: str) -> None:
            nonlocal started
            progress.update(bar, description=what, completed=started)
            started += 1

        runner.run(results, show)


def main() -> None:
    """Run the command; what was typed wrong is said in one line."""
    try:
        benchmarks.main(prog_name="python -m benchmarks", standalone_mode=False)
    except click.ClickException as error:
        print(f"benchmarks: {error.format_message().rstrip('.')} (see --help)", file=sys.stderr)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
