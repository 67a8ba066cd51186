"""machine.idle, lightsleep and deepsleep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..board import Wakeable
from .resets import reset

if TYPE_CHECKING:
    from .world import World

TICK = 1000  # us: a board's own timer interrupts it so often


def until_interrupt(world: World, until: int | None, *, soft: bool = True) -> None:
    """Sleep until that time (None: for ever), or until there is an interrupt. `soft`: soft ones run."""
    interrupts = world.board.interrupts
    before, bell = interrupts.idle, Wakeable()
    interrupts.idle = bell
    try:
        world.sleep(until, bell, soft=soft)
    finally:
        interrupts.idle = before


def sleeps_of(world: World) -> dict[str, Callable[..., Any]]:
    """The functions, by name."""
    board = world.board

    def idle() -> None:
        """Sleep until the next interrupt, of which a board's timer makes one each millisecond."""
        board.interrupts.refuse("sleep")
        until_interrupt(world, board.time.now() + TICK)

    def lightsleep(ms: int | None = None) -> None:
        """Sleep until an interrupt, for `ms` at most. Timers and buses go on meanwhile, as they would not there."""
        board.interrupts.refuse("sleep")
        until_interrupt(world, None if ms is None else board.time.now() + ms * 1000)

    def deepsleep(ms: int | None = None) -> None:
        """Sleep, and then reset: the application ends. Without `ms` a pin's interrupt ends the sleep."""
        board.interrupts.refuse("sleep")
        if ms is None:
            until_interrupt(world, None)
        else:
            world.sleep(board.time.now() + ms * 1000)
        reset(board, "deepsleep", "machine.deepsleep(): the board resets after its sleep, and the application ends")

    return {"idle": idle, "lightsleep": lightsleep, "deepsleep": deepsleep, "sleep": lightsleep}
