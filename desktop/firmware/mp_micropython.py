"""`micropython`: scheduling, and what looks after the heap on a board."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module
from .mp_gc import HEAP, USED
from .ringio import RingIO
from .runtime import const

if TYPE_CHECKING:
    from .world import World


def _unchanged(function: Any) -> Any:
    return function


def make(world: World) -> ModuleType:
    """`micropython` for the application of one board."""
    heap = HEAP.get(world.board.kind.platform, HEAP["rp2"])
    locked = [0]
    level = [0]

    def schedule(function: Callable[[Any], object], argument: Any) -> None:
        """Have it called in the main program soon. RuntimeError if the queue is full. Any thread, any handler."""
        if not callable(function):
            raise TypeError(f"'{type(function).__name__}' object isn't callable")
        world.interrupts.schedule(function, argument)

    def heap_lock() -> int:
        """Noted, not enforced: Python allocates whatever it does."""
        locked[0] += 1
        return locked[0]

    def heap_unlock() -> int:
        """How many locks are left."""
        if not locked[0]:
            raise RuntimeError("heap_unlock() without a heap_lock()")
        locked[0] -= 1
        return locked[0]

    def opt_level(new: int | None = None) -> int | None:
        if new is None:
            return level[0]
        level[0] = new
        return None

    def mem_info(verbose: Any = None) -> None:
        world.print(
            f"stack: 564 out of 7936\nGC: total: {heap}, used: {USED}, free: {heap - USED}\n"
            "(figures like a board's: the desktop's memory is another)\n"
        )

    def nothing(*_: Any) -> None:
        """For a board's memory, or its REPL's key for KeyboardInterrupt."""

    def alloc_emergency_exception_buf(size: int) -> None:
        world.board.interrupts.emergency_buffer = size

    return module(
        "micropython",
        RingIO=RingIO,
        alloc_emergency_exception_buf=alloc_emergency_exception_buf,
        bytecode=_unchanged,
        const=const,
        heap_lock=heap_lock,
        heap_locked=lambda: locked[0],
        heap_unlock=heap_unlock,
        kbd_intr=nothing,
        mem_info=mem_info,
        native=_unchanged,
        opt_level=opt_level,
        qstr_info=nothing,
        schedule=schedule,
        stack_use=lambda: 564,
        viper=_unchanged,
    )
