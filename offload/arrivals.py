"""Arrivals: an asynchronous iterator over what a thread brings by the batch.

Most items are there when they are asked for, so `async for` spends its time on asking, not on waiting. This is the
plain twin; in `arrivals.pyx` an item that is there costs no coroutine and no exception.
"""

from ..core.shared import TURN
from ..core.sleep import sleep


class Arrivals:
    """The base of what is iterated over. For tasks of any loop. A subclass has a coroutine function `_fill`.

    `here`, a list or a deque: what came and was not taken yet, the next item last, since that costs least to take.
    `_fill()` brings more, or waits for it, and returns False if there will be no more; what it raises is raised.

    An item is taken when `__anext__()` is awaited. One that is cancelled before that, or as it waits, takes none.
    One in TURN items lets the other tasks have a turn first, so that a batch of any size does not stop the loop.
    """

    def __init__(self, here):
        self.here = here

    def __aiter__(self):
        return self

    async def __anext__(self):
        here = self.here
        if len(here) % TURN:
            try:
                return here.pop()
            except IndexError:  # the last was taken meanwhile
                pass
        return await self._later()

    async def _later(self):
        """The next item when the others have had a turn, or when it has come."""
        here = self.here
        if here:
            await sleep(0)
        while True:
            try:
                return here.pop()
            except IndexError:
                pass
            if not await self._fill():
                raise StopAsyncIteration


def quick(cls):
    """Decorates a subclass: `async for` then calls its `__anext__` without a look-up. Uncompiled it does nothing."""
    return cls
