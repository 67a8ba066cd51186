"""SharedWait and `fair` on CPython, compiled: see `shared` and `shared_cpython`."""

from .native cimport own
from .task cimport RunQueue, Wait
from .awaiting import quicken
from .lazy import load
from .shared_cpython import TURN as _TURN, after_a_turn

TURN = _TURN
cdef int _turn = _TURN
cdef object _awaited = None


cdef object _await_elsewhere(object wait, int weight):
    global _awaited
    if _awaited is None:
        _awaited = load("foreign_cpython", "awaited")
    return _awaited(wait, weight)


cdef class SharedWait(Wait):
    """A Wait for what other contexts do: tasks of any loop of twincore await it, and those of asyncio and uvloop."""

    def __await__(self):
        loop = own()
        if loop is None or (<RunQueue> loop).current is None:
            return _await_elsewhere(self, 0)
        return self


cpdef fair(wait, int weight=1):
    """See `shared_cpython`."""
    loop = own()
    if loop is None or (<RunQueue> loop).current is None:
        return _await_elsewhere(wait, weight)
    queue = <RunQueue> loop
    queue.streak += weight
    if queue.streak <= _turn:
        return wait
    queue.streak = weight
    return after_a_turn(wait)


quicken(SharedWait)
