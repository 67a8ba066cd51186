"""Errors for those who may not be able to make one: a hard ISR can't allocate it. Any context."""

from ..core.queue_errors import QueueClosed, QueueEmpty, QueueFull

_SPARE = {kind: kind("the heap was locked") for kind in (QueueClosed, QueueEmpty, QueueFull, RuntimeError, ValueError)}


def fault(kind, text):
    """A new `kind` of error; in a hard ISR one that was made before."""
    try:
        return kind(text)
    except MemoryError:
        return _SPARE[kind]
