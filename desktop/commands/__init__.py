"""The words of the `twincore` command: arguments, help, tables, and errors in one line.

A module each; it is imported when its command is called, so that none waits for what only another needs.
"""

from __future__ import annotations

import importlib

import click

COMMANDS = {  # name -> its first line of help, which the list of commands shows without importing it
    "run": "Run an application on a simulated board, MicroPython or the emulated RP2040.",
    "test": "Run tests on the desktop, MicroPython, the emulated RP2040 or a board.",
    "deploy": "Put an application and what it needs on a board.",
    "fetch": "Get the targets that this machine can have, once.",
    "targets": "Show the targets that are here, and how to get the others.",
    "demo": "Run the main example on every target.",
    "bench": "Measure twincore on the emulated RP2040, beside the built-in asyncio.",
    "size": "Flash and heap that the layers, or an application, take of an RP2040.",
    "serve": "Serve an emulated board to tools made for real ones.",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f".{cmd_name}", __name__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(package_name="twincore")
@click.pass_context
def twincore(context: click.Context) -> None:
    """MicroPython applications on a simulated board, on MicroPython itself, and on an RP2040 with both its cores.

    \b
    First steps:
      twincore run app.py                run your application, unchanged, on a board simulated here
      twincore fetch                     get the other targets this machine can have, once
      twincore demo                      see the main example run on each
      twincore run app.py --on rp2040    run it with the real firmware, on the emulated board
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
