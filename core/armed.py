"""The armed cells of a doorbell on MicroPython, where a ring can't put its cell in a queue: the owner looks at them all."""

from .native import fence


class Armed:
    """Cells in order of arming, and `pending`, which a ringer sets after a cell's `rung`. For the bell's owner only.

    A list that never shrinks: what a wait adds and its end takes out again allocates nothing once there was as much.
    """

    def __init__(self):
        self.pending = False
        self._cells = []  # up to `_end` armed cells, and None for those taken out; then None
        self._end = 0
        self._gaps = False
        self._answering = False

    def arm(self, cell):
        """Have `answer` look at this cell, until it was rung."""
        cells = self._cells
        if self._end == len(cells):
            if self._gaps and not self._answering:
                self._scan(False)
            if self._end == len(cells):
                cells.append(None)
        cells[self._end] = cell
        self._end += 1

    def disarm(self, cell):
        """Do without it again; also if it was not armed."""
        cells = self._cells
        if cell in cells:
            slot = cells.index(cell)
            cells[slot] = None
            if slot == self._end - 1:
                self._end = slot
            else:
                self._gaps = True

    def answer(self):
        """Answer each cell that was rung, in order, and take it out. What that does may arm and disarm any.

        A cell that is armed meanwhile has to wait for the next answer.
        """
        if self._end == 1:  # as a rule: a short way
            cells = self._cells
            cell = cells[0]
            if cell is not None and cell.rung:
                cell.rung = False  # no jump until it is out: a KeyboardInterrupt may come at jumps
                cells[0] = None
                self._end = 0
                self.pending = False
                fence()
                cell.answer()
                return
        self._answer_all()

    def _answer_all(self):  # not in `answer`: on a board a frame of more than 11 words, 3 of which a try takes, is on the heap
        self.pending = False
        fence()
        try:
            self._answering = True
            self._scan(True)
            self._answering = False
        except BaseException:  # Ctrl-C, as a rule: those behind have not been looked at
            self._answering = False
            self.pending = True
            raise

    def _scan(self, answering):
        cells = self._cells
        end = self._end if answering else 0
        kept = i = 0
        while i < self._end:
            cell = cells[i]
            if cell is not None:
                if i < end and cell.rung:
                    cell.rung = False
                    cells[i] = None
                    cell.answer()
                else:
                    cells[i] = None  # no jump until it is back: a KeyboardInterrupt may come at jumps
                    cells[kept] = cell
                    kept += 1
            i += 1
        self._end = kept
        self._gaps = False
