"""`twincore size`: what twincore costs a board, and whether that is within a budget."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..options import BadUse
from ..targets.staging import PORTABLE
from .errors import one_line_errors


@click.command()
@click.argument("script", metavar="[APP.py]", required=False, type=click.Path(path_type=Path))
@click.argument("args", nargs=-1)
@click.option("--on", type=click.Choice(["rp2040"]), default="rp2040", show_default=True, help="Where to measure.")
@click.option("--modules", "layer", type=click.Choice(PORTABLE), help="Its modules, one by one.")
@click.option(
    "--budget",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="Measure what this file limits; exit code 1 if something is over its limit.",
)
@click.option(
    "--until",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Watch APP.py for so long, of the board's time.  [default: 2]",
)
def command(
    script: Path | None, args: tuple[str, ...], on: str, layer: str | None, budget: Path | None, until: float | None
) -> None:
    """Show what twincore takes of an RP2040: flash, and heap as counted by the firmware on the emulated board.

    Without an application: each layer, compiled, and what importing it leaves on the heap. With one: it runs there,
    and the least heap that was free is shown.

    \b
    Examples:
      twincore size                          what each layer costs
      twincore size --modules core           what each of its modules costs
      twincore size app.py --until 5         what is left for others while app.py runs
      twincore size --budget size.toml       check limits, in CI

    \b
    A budget file:
      ["core + threadsafe"]                  layers, imported one after the other
      heap = 20_000                          at most; bytes
      flash = 40_000                         at most; bytes of .mpy of the modules loaded
      ["app.py"]                             an application, beside the file
      free = 190_000                         at least; bytes of heap while it runs
      until = 2                              for so many seconds
    """
    from rich.console import Console

    from ..size import budget as limits
    from ..size import measure, tables

    console = Console()
    try:
        with one_line_errors():
            if sum(what is not None for what in (script, layer, budget)) > 1:
                raise BadUse("an application, --modules and --budget are each for themselves: give one of them")
            if until is not None and script is None:
                raise BadUse("--until is for an application: name its file")
            if budget is not None:
                checks = list(limits.check(budget))
                console.print(tables.checks(checks))
                over = [check for check in checks if not check.kept]
                for check in over:
                    print(f"twincore: {check}", file=sys.stderr)
                sys.exit(1 if over else 0)
            if script is None:
                console.print(tables.layers() if layer is None else tables.modules(layer))
                return
            ran = measure.application(script, args, until=2 if until is None else until)
            console.print(tables.application(script, ran))
            failed = measure.failure(script, ran)
    except measure.MeasureFailed as error:
        failed = str(error)
    if failed:
        print(f"twincore: {failed}", file=sys.stderr)
        sys.exit(1)
