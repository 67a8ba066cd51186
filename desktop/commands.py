"""The words of the `twincore` command: arguments, help, tables, and errors in one line."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from . import targets
from .run import PLACES, SIMULATED, BadUse, Simulation, run_application


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a user can cause into one line on stderr and exit code 2."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, BadUse | targets.TargetMissing | ValueError) and not _cannot_compile(error):
            raise
        print(f"twincore: {error}", file=sys.stderr)
        sys.exit(2)


def _cannot_compile(error: Exception) -> bool:
    from .image import CompileError  # what it imports takes time, and most commands do not need it

    return isinstance(error, CompileError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(package_name="twincore")
@click.pass_context
def twincore(context: click.Context) -> None:
    """MicroPython applications on a simulated board, on MicroPython itself, and on an RP2040 with both its cores.

    \b
    First steps:
      twincore run app.py                run your application, unchanged, on a board simulated here
      twincore setup                     install the other targets this machine can have, once
      twincore demo                      see the main example run on each
      twincore run app.py --on rp2040    run it with the real firmware, on the emulated board
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@twincore.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True})
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
def run(
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


@twincore.command()
@click.argument("name", type=click.Choice(["all", *targets.NAMES]), default="all")
@click.option("--force", is_flag=True, help="Install anew what is there already.")
def setup(name: str, force: bool) -> None:
    """Install targets: the MicroPython unix port (seconds) and the emulated RP2040 (about a minute), once.

    \b
    Examples:
      twincore setup
      twincore setup rp2040 --force

    A target that cannot be had here is reported with the reason. That is no error for `all`, unless CI=true.
    """
    from rich.console import Console

    from .install import install
    from .prerequisites import InstallFailed

    console = Console(stderr=True)
    names = targets.NAMES if name == "all" else (name,)
    failures: dict[str, str] = {}
    for each in names:
        if targets.is_installed(each) and not force:
            continue
        with console.status(f"{each} ...") as status:

            def show(step: str, each: str = each) -> None:
                status.update(f"{each}: {step}")
                if not console.is_terminal:
                    console.print(f"{each}: {step}", highlight=False)

            try:
                install(each, force=force, report=show)
            except InstallFailed as failure:
                failures[each] = str(failure)
    show_targets(names)
    if failures and (name != "all" or os.environ.get("CI") == "true"):
        sys.exit(1)


@twincore.command(name="targets")
def list_targets() -> None:
    """Show the targets that are here, and how to get the others."""
    show_targets(targets.NAMES)


@twincore.command()
def demo() -> None:
    """Run the main example on the simulated board, CPython, MicroPython and the emulated RP2040, in turn."""
    from .demo import run_demo

    with one_line_errors():
        code = run_demo()
    sys.exit(code)


@twincore.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4455, show_default=True, help="TCP port; 0 for any free one."
)
def serve(port: int) -> None:
    """Serve an emulated board to tools made for real ones, until Ctrl-C.

    \b
    Example, in another terminal:
      mpremote connect socket://127.0.0.1:4455 exec "import twincore.core"
    """
    from . import emulator
    from .process import stream

    with one_line_errors(), emulator.server(port=port) as command:
        code = stream(command)
    sys.exit(code)


def show_targets(names: tuple[str, ...]) -> None:
    """Print the table of targets, and a line for each that wants attention."""
    from rich.console import Console
    from rich.table import Table

    table = Table("target", "what it is", "here")
    remarks = []
    for name in names:
        reason = targets.reason_missing(name)
        table.add_row(name, targets.TITLES[name], "[green]yes" if reason is None else "[red]no")
        if reason is not None:
            remarks.append(reason)
        elif targets.find(name).stamp.get("firmware_is_the_tested_one") is False:
            remarks.append(f"{name}: its firmware.bin is not byte for byte the one twincore was tested with")
    Console().print(table)
    for line in (f"folder: {targets.targets_folder()}", *remarks):
        click.echo(line)
