"""`twincore targets`: what is here, and how to get the rest."""

from __future__ import annotations

import click

from .. import targets


@click.command()
def command() -> None:
    """Show the targets that are here, and how to get the others."""
    show_targets(targets.NAMES)


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
