"""A cell: what a foreign context rings a doorbell with. It exists before that, so that ringing allocates nothing."""

from .task import Wait


class Cell(Wait):
    """Base of what can be rung. `rung` is written by the ringer and cleared by the bell's owner."""

    def __init__(self):
        self.rung = False

    def answer(self):
        """Called by the owner of the bell, on its thread, after this cell was rung."""
        raise NotImplementedError


def answer_armed(armed):
    """Answer each cell of the list `armed` that was rung, in order of arming, and take it out."""
    i = 0
    while i < len(armed):
        cell = armed[i]
        if cell.rung:
            cell.rung = False
            armed.pop(i)
            cell.answer()
        else:
            i += 1
