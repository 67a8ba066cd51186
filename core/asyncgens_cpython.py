"""Asynchronous generators that a loop's tasks left before their end: their `finally` blocks run in the loop.

CPython calls the hooks here: `first` when a generator is first iterated over, `finalize` when the last reference to it
has gone, on whatever thread the garbage collector happens to run.
"""

import sys
from weakref import WeakSet

from .cell import Cell


class AsyncGens:
    """Those of one loop. Scheduler side, but for `finalize`: any thread."""

    def __init__(self, loop):
        self.loop = loop
        self.alive = WeakSet()
        self._before = None

    def enter(self):
        """The loop begins to run."""
        self._before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self.first, finalizer=self.finalize)

    def leave(self):
        """It has ended its run."""
        sys.set_asyncgen_hooks(*self._before)

    def first(self, generator):
        self.alive.add(generator)

    def finalize(self, generator):
        self.alive.discard(generator)
        self.loop.bell.ring(_GivenUp(self.loop, generator))

    async def close_all(self):
        """Close those that are left, one after another; what one raises is reported."""
        for generator in list(self.alive):
            self.alive.discard(generator)
            await _close(self.loop, generator)


class _GivenUp(Cell):
    def __init__(self, loop, generator):
        self.loop = loop
        self.generator = generator

    def answer(self):
        self.loop.create_task(_close(self.loop, self.generator))


async def _close(loop, generator):
    try:
        await generator.aclose()
    except Exception as exc:
        loop.call_exception_handler(
            {"message": "An asynchronous generator failed as it was closed", "exception": exc, "future": generator}
        )
