"""`twincore demo`."""

from __future__ import annotations

import sys

import click

from .errors import one_line_errors


@click.command()
def command() -> None:
    """Run the main example on the simulated board, CPython, MicroPython and the emulated RP2040, in turn."""
    from ..demo import run_demo

    with one_line_errors():
        code = run_demo()
    sys.exit(code)
