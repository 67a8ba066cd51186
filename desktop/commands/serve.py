"""`twincore serve`."""

from __future__ import annotations

import sys

import click

from .errors import one_line_errors


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4455, show_default=True, help="TCP port; 0 for any free one."
)
def command(port: int) -> None:
    """Serve an emulated board to tools made for real ones, until Ctrl-C.

    \b
    Example, in another terminal:
      mpremote connect socket://127.0.0.1:4455 exec "import twincore.core"
    """
    from .. import emulator
    from ..process import stream

    with one_line_errors(), emulator.server(port=port) as command:
        code = stream(command)
    sys.exit(code)
