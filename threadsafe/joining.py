"""Waiting until all items of a ThreadSafeQueue are done with: `queue.join()`. Loaded when first used."""

from .event import Signal


class Joined(Signal):
    """Set while no item of `queue` is unfinished. Whoever waits is let go once that was so, if only for a moment."""

    await_instead = "queue.join()"

    def __init__(self, queue):
        self._line = queue.joiners  # in place of one of its own
        self._queue = queue

    def is_set(self):
        return not self._queue.unfinished

    def value(self):
        return None
