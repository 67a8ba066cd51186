"""What is awaited in any loop, SharedWait, and `fair`, for what a task may await again and again without ever waiting.

On MicroPython, where all loops are ours, any Wait is shared. `shared.pyx` is the same as `shared_cpython` in C.
"""

from .native import MICROPYTHON

if MICROPYTHON:
    from .task import PENDING
    from .task import Wait as SharedWait

    TURN = 16
    _streak = 0

    def fair(wait, weight=1):
        """As in `shared_cpython`. One count for all loops: it need not be exact."""
        global _streak
        _streak += weight
        if _streak <= TURN:
            return wait
        _streak = weight
        return _after_a_turn(wait)

    def _after_a_turn(wait):
        result = PENDING
        while result is PENDING:
            yield wait
            result = wait.attempt()
        return result

else:
    from .shared_cpython import TURN, SharedWait, fair  # noqa: F401
