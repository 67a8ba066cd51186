"""shield: await a task so that cancelling the one who awaits does not cancel it. For tasks of one loop.

Without it a cancel is forwarded to the task awaited, which ends that for all others who await it, too.
"""

from .children import promote
from .task import PENDING, Wait


class _Shield(Wait):
    """Waits for `task`. Being no Task itself it ends the chain along which a cancel is forwarded."""

    def __init__(self, task):
        self.task = task

    def park(self, waiter):
        self.task.park(waiter)

    def unpark(self, waiter):
        return self.task.unpark(waiter)

    def attempt(self):
        if self.task.coro is not None:
            return PENDING
        self.task.state = False
        outcome = self.task.data
        if isinstance(outcome, StopIteration):
            return outcome.value
        raise outcome


def shield(aw):
    """Awaitable: the result of `aw`, a task, or a coroutine which is started at once.

    Cancelling who awaits this leaves `aw` running; should it fail then, and nobody await it, that is reported.
    Cancelling `aw` itself raises CancelledError here. May be awaited by several and more than once.
    """
    return _Shield(promote(aw))
