"""`twincore run`: an application, wherever it is to run."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from ..options import Emulation, Simulation
from ..run import PLACES, SIMULATED, run_application
from ..wiring.settings import nearest
from .errors import one_line_errors


class PlaceOrPort(click.ParamType):  # type: ignore[type-arg]
    """One of PLACES, or what looks like a port."""

    name = "place"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"[{'|'.join(PLACES)}|PORT]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ..deploy.ports import looks_like_port

        if value not in PLACES and not looks_like_port(value):
            self.fail(f"no {value!r}: {nearest(value, PLACES)}, or a port, as auto or /dev/ttyACM0", param, ctx)
        return value


class Run(click.Command):
    """Says so if what is left to the application looks like a misspelt option of this command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ours = [name for param in self.params if isinstance(param, click.Option) for name in param.opts]
        before = args[: args.index("--")] if "--" in args else args
        for word in before:
            option = word.partition("=")[0]
            close = difflib.get_close_matches(option, ours, 1, 0.8) if option.startswith("--") else []
            if close and option not in ours:
                told = f"twincore: {option} goes to the application; {close[0]} is an option of `twincore run`"
                print(f"{told} (what follows -- is not looked at)", file=sys.stderr)
        return super().parse_args(ctx, args)


@click.command(cls=Run, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True})
@click.argument("script", metavar="APP.py", type=click.Path(path_type=Path))
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--on",
    "place",
    type=PlaceOrPort(),
    default=SIMULATED,
    show_default=True,
    help="Where to run it: one of these, or the port of a board, as mpremote has it (auto, /dev/ttyACM0, COM3, ...).",
)
@click.option("--board", metavar="KIND", help="simulated: pico (if nothing is said), pico2, pyboard or esp32.")
@click.option("--link", "links", metavar="PIN:PIN", multiple=True, help="simulated, rp2040: a wire; may be repeated.")
@click.option(
    "--wiring",
    metavar="BOARD.toml",
    type=click.Path(path_type=Path),
    help="simulated, rp2040: what is around the board; if not given, the board.toml beside APP.py, if there is one.",
)
@click.option("--virtual", is_flag=True, help="simulated: time jumps while everything waits; a run repeats exactly.")
@click.option("--panel", is_flag=True, help="simulated, rp2040: show pins, LEDs, displays, live; keys press buttons.")
@click.option("--allow", metavar="MODULE", multiple=True, help="simulated: a module of the desktop's to be importable.")
@click.option(
    "--boots",
    type=click.IntRange(min=1),
    default=1,
    help="simulated: after a reset, as by deepsleep, start the application again, so many times in all.",
)
@click.option("--seed", type=click.IntRange(1, 2**32 - 1), help="rp2040: which interleaving of the cores; it repeats.")
@click.option(
    "--seeds", type=click.IntRange(1, 10_000), help="rp2040: run that many interleavings, and tell which fail."
)
@click.option(
    "--jitter",
    type=click.IntRange(0, 10_000),
    help="rp2040: stall the cores now and then by up to this many cycles, as flash does; with --seeds 50 if not given.",
)
@click.option(
    "--until",
    metavar="S",
    type=click.FloatRange(0, min_open=True),
    help="rp2040: stop after S seconds of emulated time, with exit code 0.",
)
@click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(0, min_open=True),
    help="rp2040, a port: give up after S seconds, with exit code 124; with --seeds 60 if not given.",
)
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="rp2040, a port: put this file beside the application; may be repeated.",
)
@click.option(
    "--firmware",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="rp2040: MicroPython in a .uf2 or .bin file, for any RP2040 board, in place of the one fetched.",
)
@click.option(
    "--no-aliases", is_flag=True, help="rp2040: `import asyncio` is the firmware's own, not twincore's as elsewhere."
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
    boots: int,
    seed: int | None,
    seeds: int | None,
    jitter: int | None,
    until: float | None,
    timeout: float | None,
    files: tuple[Path, ...],
    firmware: Path | None,
    no_aliases: bool,
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
      twincore run blink.py --on rp2040 --panel
      twincore run blink.py --on rp2040 --seed 7 --jitter 50
      twincore run blink.py --on rp2040 --seeds 20 --until 5
      twincore run climate.py --on rp2040 --wiring board.toml
      twincore run blink.py --on rp2040 --firmware RPI_PICO-v1.26.1.uf2
      twincore run blink.py --on /dev/ttyACM0
      twincore run report.py -- --on monday

    rp2040: the modules beside APP.py that it imports go to the board with it. Exit codes beside the application's own:
    70 both cores asleep for good, 71 no boot, 72 the board was reset, 73 a core crashed, 74 a short circuit, 75 it
    waits for input, 124 --timeout. What the cores and the tasks were doing is told then, at --until, and at the second
    of two Ctrl-C.
    """
    with one_line_errors():
        simulation = Simulation(board, links, wiring, virtual, allow, panel, boots)
        emulation = Emulation(seed, seeds, jitter, until, timeout, files, stdin, firmware, no_aliases)
        code = run_application(script, place, args, simulation=simulation, emulation=emulation)
    sys.exit(code)
