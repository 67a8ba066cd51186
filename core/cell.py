"""A cell: what a foreign context rings a doorbell with. It exists before that, so that ringing allocates nothing."""

from .shared import SharedWait


class Cell(SharedWait):
    """Base of what can be rung. `rung` is written by the ringer and cleared by the bell's owner."""

    def __init__(self):
        self.rung = False

    def answer(self):
        """Called by the owner of the bell, on its thread, after this cell was rung."""
        raise NotImplementedError
