"""`twincore serve`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .errors import one_line_errors


@click.command()
@click.argument("app", metavar="[APP.py]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4455, show_default=True, help="TCP port; 0 for any free one."
)
@click.option("--pty", is_flag=True, help="Serve a pseudo terminal instead, which any serial program opens.")
@click.option(
    "--link",
    "links",
    metavar="PIN:PIN|NAME",
    multiple=True,
    help="A wire, as of `twincore run`; may be repeated. A name without a colon, with --pty: a link to it.",
)
@click.option(
    "--wiring",
    metavar="BOARD.toml",
    type=click.Path(path_type=Path),
    help="What is around the board, as of `twincore run`; if not given, the board.toml beside APP.py, if there is one.",
)
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Put this file on the board; may be repeated.",
)
@click.option(
    "--flash",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Keep the board's filesystem there; without it, it is a new one each time.",
)
@click.option(
    "--firmware",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="MicroPython in a .uf2 or .bin file, for any RP2040 board, in place of the one fetched.",
)
@click.option("--seed", type=click.IntRange(1, 2**32 - 1), default=1, help="Which interleaving of the cores.")
@click.option("--jitter", type=click.IntRange(0, 10_000), default=0, help="As of `twincore run`.")
def command(
    app: Path | None,
    port: int,
    pty: bool,
    links: tuple[str, ...],
    wiring: Path | None,
    files: tuple[Path, ...],
    flash: Path | None,
    firmware: Path | None,
    seed: int,
    jitter: int,
) -> None:
    """Serve an emulated board, in real time, to tools made for real ones, until Ctrl-C.

    twincore is in its flash. APP.py, if given, is its main.py: it runs when the board boots, and the modules beside it
    that it imports go with it. One client at a time; when it has gone the next one may come. machine.reset(), the
    watchdog and a crash of a core boot the board again, and disconnect the client, as a USB port does. Chips around it
    live in its time, which is real time here; a short circuit ends it, with exit code 74.

    \b
    Examples:
      twincore serve                     then, in another terminal:
        mpremote connect socket://127.0.0.1:4455 exec "import twincore.core"
      twincore serve app.py --pty --link ./board
        mpremote connect ./board repl
      twincore serve app.py --wiring board.toml --link GP2:GP3
      twincore serve --flash board.img   what is copied to the board is there the next time
    """
    from ..emulation import builds, served
    from ..options import BadUse

    with one_line_errors():
        names = [link for link in links if ":" not in link]
        if names and not pty:
            raise BadUse(f"--link {names[0]} is no wire, as 2:3 is, but a link to a pseudo terminal: add --pty")
        if len(names) > 1:
            raise BadUse(f"a pseudo terminal has one link to it, and --link {names[1]} is a second one")
        asked = served.Served(
            port=port,
            pty=pty,
            link=Path(names[0]) if names else None,
            app=app,
            files=files,
            flash=flash,
            seed=seed,
            jitter=jitter,
            build=builds.chosen("rp2040", firmware),
            links=[link for link in links if link not in names],
            wiring=wiring,
        )
        code = served.serve(asked)
    sys.exit(code)
