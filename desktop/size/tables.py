"""What was measured, as tables for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from ..emulation.image import BLOCK_COUNT, BLOCK_SIZE
from ..targets.staging import PORTABLE
from . import measure
from .budget import Check

KB = 1024


def layers() -> Table:
    """The table of all layers: what they have in flash, and what importing them one after the other costs."""
    table = Table(title="Layers of twincore, emulated RP2040", title_justify="left", title_style="bold")
    table.add_column("layer", no_wrap=True)
    for title in ("modules", ".mpy bytes", "flash kB", "loaded", "loaded bytes", "heap bytes", "heap so far"):
        table.add_column(title, justify="right")
    names = list(measure.library())
    heap, loaded = 0, frozenset[str]()
    for after in measure.imported(PORTABLE):
        package = f"twincore.{after.layer}"
        all_of_it = measure.flash_of([name for name in names if name == package or name.startswith(package + ".")])
        new = measure.flash_of(after.modules - loaded)
        blocks = all_of_it.blocks * BLOCK_SIZE // KB
        numbers = (all_of_it.files, all_of_it.size, blocks, new.files, new.size, after.heap - heap, after.heap)
        table.add_row(after.layer, *map(str, numbers))
        heap, loaded = after.heap, after.modules
    table.caption = (
        f"flash: blocks of {BLOCK_SIZE // KB} kB, of {BLOCK_COUNT * BLOCK_SIZE // KB} kB. loaded: by importing the "
        "layer, what it needs of other layers included; its other modules are loaded when they are first used."
    )
    return table


def modules(layer: str) -> Table:
    """The table of one layer's modules."""
    table = Table(title=f"Modules of twincore.{layer}, emulated RP2040", title_justify="left", title_style="bold")
    table.add_column("module", no_wrap=True)
    for title in (".mpy bytes", "heap bytes"):
        table.add_column(title, justify="right")
    table.add_column("loaded")
    for module in measure.each_module(layer):
        heap = "-" if module.heap is None else str(module.heap)
        name = module.name.removeprefix(f"twincore.{layer}.")
        table.add_row(name, str(module.size), heap, "with the layer" if module.at_once else "when first used")
    table.caption = "-: not for this board. The firmware's table of names grows in steps: some of these took one."
    return table


def application(script: Path, ran: measure.Application) -> Table:
    """The table of an application that ran."""
    table = Table(title=f"{script.name}, emulated RP2040", title_justify="left", title_style="bold")
    table.add_column("")
    table.add_column("bytes", justify="right")
    flash = measure.flash_of(ran.modules)
    blocks = flash.blocks * BLOCK_SIZE // KB
    table.add_row(f"twincore in flash: {flash.files} modules, {blocks} kB of blocks", str(flash.size))
    table.add_row("heap free before it started", str(ran.before))
    table.add_row("least heap free while it ran", str(ran.least_free))
    table.add_row("most heap that it held, twincore included", str(ran.before - ran.least_free))
    return table


def checks(found: Sequence[Check]) -> Table:
    """The table of a budget."""
    table = Table(title="Size, emulated RP2040", title_justify="left", title_style="bold")
    table.add_column("")
    for title in ("bytes", "limit", ""):
        table.add_column(title, justify="right")
    for check in found:
        sense = "at least" if check.what == "free" else "at most"
        name = f"{check.subject}: {check.what}"
        table.add_row(name, str(check.found), f"{sense} {check.limit}", "" if check.kept else "[red]over")
    return table
