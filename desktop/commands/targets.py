"""`twincore targets`: what is here, and how to get the rest."""

from __future__ import annotations

import click

from .. import targets

HASH_DIGITS = 12


@click.command()
def command() -> None:
    """Show the targets that are here, their versions and hashes, and how to get the others."""
    show_targets(targets.ALL)


def show_targets(names: tuple[str, ...]) -> None:
    """Print the table of targets, and a line for each that wants attention."""
    from rich.console import Console
    from rich.table import Table

    from ..fetching.installed import describe

    table = Table("target", "what it is", "here", "MicroPython", "sha256")
    remarks = []
    for name in names:
        reason = targets.reason_missing(name)
        if reason is not None:
            table.add_row(name, targets.TITLES[name], "[red]no", "", "")
            remarks.append(reason)
            continue
        found = describe(name)
        table.add_row(name, targets.TITLES[name], "[green]yes", found.version, found.sha256[:HASH_DIGITS])
        if found.remark:
            remarks.append(found.remark)
    Console().print(table)
    for line in (f"folder: {targets.targets_folder()}", *remarks):
        click.echo(line)
