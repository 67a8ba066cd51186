"""What a hard interrupt handler may not do on a board, and how it is told: allocate, or wait.

A board says no more than "memory allocation failed, heap is locked". Here the error says what it was for, where, and
what to do instead. See also MicroPython's "Writing interrupt handlers". `isr_watch` looks on as the handler runs, at
what `isr_code` found in its instructions, by the rules in `isr_calls`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twincore.core import context
from twincore.core.errors import WrongContextError

if TYPE_CHECKING:
    from .isr_watch import Watch

EMERGENCY = "on a board its text is lost, unless the program has called micropython.alloc_emergency_exception_buf(100)"
_handlers = threading.local()  # .watch: the Watch of the handler that runs in this thread


def current() -> Watch | None:
    """The watch of the handler that calls, if one does."""
    return getattr(_handlers, "watch", None)


def make_current(watch: Watch | None) -> None:
    """It is the handler's that runs in this thread from now on."""
    _handlers.watch = watch


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
        from .isr_watch import Watch  # which no program needs that has no hard handler; see mp_machine

        Watch(bits).run(handler, arg)


def refused(error: BaseException) -> bool:
    """Whether `error` is what `run` raised itself, before it called the handler."""
    from .isr_watch import Watch

    return Watch.refused(error)


def _check_blocking() -> None:
    if current() is not None:
        raise WrongContextError(
            "a blocking call was made in a hard interrupt handler; use what never blocks there: put_nowait, "
            "acquire_nowait, set"
        )


context.check_blocking = _check_blocking
