"""What a function that runs in a pool's thread can ask and say: is it wanted still, and how far it is.

    def copy(blocks):                       # pool.assign(copy, blocks).options(on_cancel="signal", progress=show)
        for done, block in enumerate(blocks):
            offload.checkpoint()            # raises JobCancelled once its caller was cancelled or its time is up
            write(block)
            offload.progress(done)          # show(done), on the loop
"""

from _thread import allocate_lock

from ..core.native import ident
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


def _replace(thread, slot):
    global _slots
    with _replacing:
        slots = _slots.copy()
        if slot is None:
            slots.pop(thread, None)
        else:
            slots[thread] = slot
        _slots = slots
