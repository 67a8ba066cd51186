"""gc_task, ready and asyncio_running: a task that collects garbage, whether a flag is set, whether a loop runs."""

import gc

from ..core.context import running_loop
from ..core.sleep import sleep_ms
from .durations import check_ms


def gc_task(interval_ms):
    """A coroutine, for `create_task`: collect garbage each `interval_ms` milliseconds, until it is cancelled.

    Little has gathered each time, so that no collection takes long, and the heap of a board is less torn. There
    `gc.threshold` is set, too, so that one that is not awaited comes when a quarter of what is free is used up.
    ValueError for less than 1 ms.
    """
    check_ms("interval_ms", interval_ms)
    return _collect(interval_ms)


async def _collect(interval_ms):
    while True:
        gc.collect()
        if hasattr(gc, "threshold"):
            gc.threshold(gc.mem_free() // 4)
        await sleep_ms(interval_ms)


class _Query:
    def __init__(self, flag):
        self._flag = flag

    def __call__(self):
        return self._flag.is_set()

    __bool__ = __call__


def ready(flag, poller=None):
    """Whether `flag`, a ThreadSafeFlag, is set: without waiting, and without clearing it. Any context.

    What is returned is true while it is, and may be kept and called to ask again: `is_ready = ready(flag)`. The second
    argument is upstream's, a poll object that is not needed here. TypeError for what has no `is_set`.
    """
    if not hasattr(flag, "is_set"):
        raise TypeError("what is asked is a ThreadSafeFlag, or has is_set() as it has, not " + repr(flag))
    return _Query(flag)


def asyncio_running():
    """Whether the calling thread, or core, runs a loop now: then it may call `create_task`, and must not block."""
    return running_loop() is not None
