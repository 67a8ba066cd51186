"""`gc`: figures like a board's. Nothing is collected here: Python frees what is not referred to, by itself."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from .modules import module

if TYPE_CHECKING:
    from .world import World

HEAP = {"rp2": 233_024, "esp32": 166_464, "pyboard": 102_400}  # bytes
USED = 20_000
COLLECT_US = 1500


def make(world: World) -> ModuleType:
    """`gc` for the application of one board."""
    heap = HEAP.get(world.board.kind.platform, HEAP["rp2"])
    enabled = [True]
    limit = [-1]

    def collect() -> None:
        """Takes the time that it takes on a board. MemoryError in a hard handler."""
        world.interrupts.refuse("collect garbage")
        world.spend(COLLECT_US)

    def enable() -> None:
        enabled[0] = True

    def disable() -> None:
        enabled[0] = False

    def threshold(amount: int | None = None) -> int | None:
        """Without `amount`: the one set, -1 if none is."""
        if amount is None:
            return limit[0]
        limit[0] = amount if amount >= 0 else -1
        return None

    return module(
        "gc",
        collect=collect,
        disable=disable,
        enable=enable,
        isenabled=lambda: enabled[0],
        mem_alloc=lambda: USED,
        mem_free=lambda: heap - USED,
        threshold=threshold,
    )
