"""`twincore fetch`: what the other targets need, once."""

from __future__ import annotations

import os
import sys

import click

from .. import targets
from .targets import show_targets


@click.command()
@click.argument("name", type=click.Choice(["all", *targets.NAMES]), default="all")
@click.option("--force", is_flag=True, help="Install anew what is there already.")
def command(name: str, force: bool) -> None:
    """Get targets: the MicroPython unix port (seconds) and the emulated RP2040 (about a minute), once.

    \b
    Examples:
      twincore fetch
      twincore fetch rp2040 --force

    A target that cannot be had here is reported with the reason. That is no error for `all`, unless CI=true.
    """
    from rich.console import Console

    from ..install import install
    from ..prerequisites import InstallFailed

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
