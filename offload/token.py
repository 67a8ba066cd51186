"""What a function that runs in a pool's thread can ask and say: is it wanted still, and how far it is.

    def copy(blocks):                       # pool.assign(copy, blocks).options(on_cancel="signal", progress=show)
        for done, block in enumerate(blocks):
            offload.checkpoint()            # raises JobCancelled once its caller was cancelled or its time is up
            write(block)
            offload.progress(done)          # show(done), on the loop
"""

from _thread import allocate_lock

from ..core.cell import Cell
from ..core.native import MICROPYTHON, fence, ident
from .job import JobCancelled

_replacing = allocate_lock()
_slots = {}  # thread -> Slot; replaced whole, never mutated: other threads read it


def enter(slot):
    """The calling thread, a pool's, runs the jobs of `slot` from now on."""
    _replace(ident(), slot)


def leave():
    """The calling thread ends."""
    _replace(ident(), None)


def running():
    """The job that the calling thread runs, or None."""
    slot = _slots.get(ident())
    return None if slot is None else slot.job


def current():
    """The job that the calling thread runs. RuntimeError if it runs none."""
    job = running()
    if job is None:
        raise RuntimeError(
            "this is for a function that a thread of offload runs, by unblock(fn) or worker.assign(fn); in another "
            "process there is no such thing"
        )
    return job


def thread_of(job):
    """The thread that runs `job`, None if none does."""
    for thread, slot in _slots.items():
        if slot.job is job:
            return thread
    return None


def cancelled():
    """Whether the job that the calling thread runs is not wanted any more: its caller was cancelled, its time is up.

    With on_cancel="wait" never.
    """
    return current().cancelled


def checkpoint():
    """Raise JobCancelled if `cancelled()`."""
    job = current()
    if job.cancelled:
        raise JobCancelled("the caller of " + job.describe() + " does not wait for it any more")


def progress(*args):
    """Have the loop call what was given as `progress` to the options of the job, with `args`. Never blocks.

    A loop that is busy calls it with the latest arguments only. Without such a function nothing happens.
    """
    limits = current().limits
    if limits is not None and limits.progress is not None:
        limits.progress.tell(args)


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


def _replace(thread, slot):
    global _slots
    with _replacing:
        slots = _slots.copy()
        if slot is None:
            slots.pop(thread, None)
        else:
            slots[thread] = slot
        _slots = slots
