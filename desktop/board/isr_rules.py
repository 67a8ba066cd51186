"""What a hard interrupt handler may not do, and how it is told. See also `reference`: MicroPython, "Writing interrupt handlers"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def forbidden(what: str) -> MemoryError:
    """What a board raises for `what` in a hard handler, with the reason, which a board does not give."""
    return MemoryError(
        f"memory allocation failed, heap is locked: a hard interrupt handler can't {what}; "
        "set a ThreadSafeFlag, put into an SPSCQueue, or micropython.schedule a function that does it"
    )


def run(handler: Callable[[Any], object], arg: Any) -> None:
    """Call `handler(arg)` as a hard interrupt."""
    handler(arg)
