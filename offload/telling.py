"""What a function says of how far it is, by `progress` of `token`, on its way to the loop."""

from ..core.cell import Cell
from ..core.native import MICROPYTHON, fence


class Progress(Cell):
    """What a function says of how far it is, on its way to the loop. The latest counts."""

    def __init__(self, fn):
        self.rung = False
        self.fn = fn
        self.told = None  # [args], a new list each time
        self.shown = None  # that of which `fn` was called
        self.queue = None
        self.bell = None

    def open(self, queue):
        """The loop's thread: take calls."""
        self.queue = queue
        queue.bell.arm(self)
        self.bell = queue.bell
        if MICROPYTHON:
            fence()
        if self.told is not None:  # the function was faster
            self.bell.ring(self)

    def close(self, job):
        """The loop's thread: no more will come."""
        if self.bell is not None:
            self.bell.disarm(self)
        elif self.queue is None:  # the job ended before its task was parked
            self.queue = job.queue
        self._call()

    def tell(self, args):
        """The job's thread."""
        self.told = [args]
        if MICROPYTHON:
            fence()
        if self.bell is not None:
            self.bell.ring(self)

    def answer(self):
        if MICROPYTHON:
            self.bell.arm(self)
        self._call()

    def _call(self):
        told = self.told
        if told is self.shown:  # by an earlier ring
            return
        self.shown = told
        try:
            self.fn(*told[0])
        except Exception as error:
            if self.queue is None:
                raise
            self.queue.call_exception_handler(
                {"message": "The callback for progress failed", "exception": error, "future": None}
            )
