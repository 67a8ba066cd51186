"""check_contexts: how much of the rule "the scheduler belongs to its thread" is checked on a board.

| | threads and the other core | hard and soft interrupts | cost on a board |
|---|---|---|---|
| CPython, always | refused | have threads of their own | |
| a board, as it comes | refused | | a call for each scheduler-only call |
| `check_contexts()`, for debugging | refused | refused, blocking calls too | some 20 bytecodes more |
| `check_contexts(False)` | | | |

An interrupt is told by what it can't do: run what it has scheduled. MicroPython runs that at the next jump, but not in an
interrupt handler, nor in a function that was itself scheduled. Of the blocking calls those in a hard interrupt end in a
MemoryError, checked or not: to wait allocates.
"""

from . import context
from .errors import WrongContextError
from .lazy import load
from .native import MICROPYTHON, ident
from .task import RunQueue

if MICROPYTHON:
    from micropython import schedule

    _main = ident()  # where interrupts are handled
    _runs = 0
    _as_it_comes = RunQueue.check_context
    _in_interrupt = WrongContextError(  # made now: an interrupt can't
        "a scheduler-only call was made in an interrupt, hard or soft; set a ThreadSafeFlag there, or use what "
        "threadsafe offers"
    )
    _blocking = WrongContextError(
        "a blocking call was made in an interrupt, hard or soft; use what never blocks there: put_nowait, acquire_nowait, set"
    )

    def _mark(_):
        global _runs
        _runs = (_runs + 1) & 0xFFFF

    def _check(self, what):
        if ident() != self.thread:
            raise load("misuse", "wrong_context")(what, self.thread)
        if _interrupts():
            raise _in_interrupt

    def _check_blocking():
        if _interrupts():
            raise _blocking

    def _interrupts():
        """Whether an interrupt calls."""
        if ident() != _main:
            return False
        before = _runs  # and no flag, which an interrupt might reset just here
        told = False
        for _ in (0, 0, 0):  # its jumps let what is scheduled run, and make room in a queue that is full
            if _runs != before:
                return False
            if not told:
                try:
                    schedule(_mark, None)
                    told = True
                except RuntimeError:
                    pass
        return told and _runs == before

    def _check_nothing(self, what):
        pass


def check_contexts(on=True):
    """On MicroPython, for all loops: check interrupts, too; False: check nothing. On CPython the check is always on.

    Call it on the main thread before interrupts and other cores are at work.
    """
    if MICROPYTHON:
        RunQueue.check_context = _check if on else _check_nothing
        context.check_blocking = _check_blocking if on else None


def check_as_it_comes():
    """Back to what a board checks without `check_contexts`."""
    if MICROPYTHON:
        RunQueue.check_context = _as_it_comes
        context.check_blocking = None
