"""`twincore run`: an application, wherever it is to run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..run import PLACES, SIMULATED, Simulation, run_application
from .errors import one_line_errors


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True})
@click.argument("script", metavar="APP.py", type=click.Path(path_type=Path))
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.option("--on", "place", type=click.Choice(PLACES), default=SIMULATED, show_default=True, help="Where to run it.")
@click.option("--board", metavar="KIND", help="simulated: pico (if nothing is said), pico2, pyboard or esp32.")
@click.option("--link", "links", metavar="PIN:PIN", multiple=True, help="simulated: a wire; may be repeated.")
@click.option(
    "--wiring",
    metavar="BOARD.toml",
    type=click.Path(path_type=Path),
    help="simulated: what is around the board; if not given, the board.toml beside APP.py, if there is one.",
)
@click.option("--virtual", is_flag=True, help="simulated: time jumps while everything waits; a run repeats exactly.")
@click.option("--panel", is_flag=True, help="simulated: show pins, LEDs, displays, queues, tasks; keys press buttons.")
@click.option("--allow", metavar="MODULE", multiple=True, help="simulated: a module of the desktop's to be importable.")
@click.option("--seed", type=click.IntRange(1, 2**32 - 1), help="rp2040: which interleaving of the cores; it repeats.")
@click.option(
    "--jitter",
    type=click.IntRange(0, 10_000),
    help="rp2040: stall the cores now and then by up to this many cycles, as flash does.",
)
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="rp2040: put this file beside the application; may be repeated.",
)
@click.option("--stdin", is_flag=True, help="rp2040: type what is read from stdin into the board.")
def command(
    script: Path,
    args: tuple[str, ...],
    place: str,
    board: str | None,
    links: tuple[str, ...],
    wiring: Path | None,
    virtual: bool,
    panel: bool,
    allow: tuple[str, ...],
    seed: int | None,
    jitter: int | None,
    files: tuple[Path, ...],
    stdin: bool,
) -> None:
    """Run an application, with twincore in place, and pass its exit code on.

    By default it runs on a board that is simulated in this process: MicroPython's modules, pins, timers, interrupts
    that are real threads, chips as a board.toml has them. The folder of APP.py is the board's file system.

    Ctrl-C interrupts the application, whose `finally` blocks run; a second one kills it. What follows the application's
    name and is not an option of this command goes to the application; so does everything after `--`.

    \b
    Examples:
      twincore run blink.py --panel
      twincore run pulse.py --board pyboard --link X1:X2
      twincore run alarm.py --virtual
      twincore run report.py --on cpython
      twincore run blink.py --on micropython
      twincore run blink.py --on rp2040 --seed 7 --jitter 50
      twincore run report.py -- --on monday

    rp2040: the modules beside APP.py that it imports go to the board with it; exit code 70: both cores asleep for good.
    """
    with one_line_errors():
        simulation = Simulation(board, links, wiring, virtual, allow, panel)
        options = {"seed": seed, "jitter": jitter, "files": files, "stdin": stdin}
        code = run_application(script, place, args, simulation=simulation, **options)  # type: ignore[arg-type]
    sys.exit(code)
