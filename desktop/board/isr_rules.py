"""What a hard interrupt handler may not do on a board, and how it is told: allocate, or wait.

A board says no more than "memory allocation failed, heap is locked". Here the error says what it was for, where, and
what to do instead. See also MicroPython's "Writing interrupt handlers". `isr_watch` looks on as the handler runs, at
what `isr_code` found in its instructions, by the rules in `isr_calls`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twincore.core import context
from twincore.core.errors import WrongContextError

from .isr_watch import Watch as Watch
from .isr_watch import current

EMERGENCY = "on a board its text is lost, unless the program has called micropython.alloc_emergency_exception_buf(100)"


def forbidden(what: str) -> MemoryError:
    """What a board raises for `what` in a hard handler, with the reason, which a board does not give."""
    return MemoryError(
        f"memory allocation failed, heap is locked: a hard interrupt handler can't {what}; "
        "set a ThreadSafeFlag, put into an SPSCQueue, or micropython.schedule a function that does it"
    )


def run(handler: Callable[[Any], object], arg: Any, bits: int | None = None) -> None:
    """Call `handler(arg)` as a hard interrupt.

    `bits`: of the board's small integers, beyond which it allocates; None: let the handler do what it likes.
    Raises what the handler does; MemoryError in it, where it allocates; WrongContextError where it waits.
    """
    if bits is None:
        handler(arg)
    else:
        Watch(bits).run(handler, arg)


def _check_blocking() -> None:
    if current() is not None:
        raise WrongContextError(
            "a blocking call was made in a hard interrupt handler; use what never blocks there: put_nowait, "
            "acquire_nowait, set"
        )


context.check_blocking = _check_blocking
