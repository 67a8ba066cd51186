"""The name of micropython-async's package for twincore.threadsafe: for programs that were written for it."""

from twincore.threadsafe import (
    Message,
    QueueClosed,
    QueueEmpty,
    QueueFull,
    ThreadSafeEvent,
    ThreadSafeQueue,
    __getattr__,
)
