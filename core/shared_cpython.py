"""SharedWait and `fair` on CPython, uncompiled: see `shared`."""

from .lazy import load
from .native import own
from .task import PENDING, Wait

TURN = 64  # waits of a loop's tasks, then one lets the others have a turn


class SharedWait(Wait):
    """A Wait for what other contexts do: tasks of any loop of twincore await it, and those of asyncio and uvloop."""

    def __await__(self):
        loop = own()
        if loop is None or loop.current is None:
            return load("foreign_cpython", "awaited")(self, 0)
        return self


def fair(wait, weight=1):
    """What `__await__` of `wait` returns: itself or, each TURN times, what lets the other tasks have a turn first.

    So a queue that is never empty is no reason to stop the loop. `weight`: how many waits this one stands for.
    """
    loop = own()
    if loop is None or loop.current is None:
        return load("foreign_cpython", "awaited")(wait, weight)
    loop.streak += weight
    if loop.streak <= TURN:
        return wait
    loop.streak = weight
    return after_a_turn(wait)


def after_a_turn(wait):
    """Awaits `wait` when the others have had a turn.

    It takes its place in the line first, as if there was nothing for it, and is woken at once if there is: so nobody who
    came later is served before it, and a cancel meanwhile is one of a task that waits, which loses nothing.
    """
    result = PENDING
    while result is PENDING:
        yield wait
        result = wait.attempt()
    return result
