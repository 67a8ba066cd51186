"""How a loop ends the tasks that it still has when it is closed."""

from .errors import CancelledError, TimeoutError
from .sleep import units
from .timers import Timer

GRACE = 1  # second


class _Limit(Timer):
    """Ends the waiting for a task that does not end when it is cancelled."""

    def __init__(self, loop):
        self.when = 0
        self.order = 0
        self.slot = -1
        self.loop = loop

    def expire(self):
        self.loop.stopping = True


def end_tasks(loop):
    """Cancel every task of `loop`, which is not running, and run it until they have ended; cut off what is left then.

    So `finally` blocks run, and what they await.
    """
    _cancel(loop)
    limit = _Limit(loop)
    loop.timers.push(limit, loop.clock.now() + units(GRACE))
    loop.running = True
    loop.stopping = False
    try:
        while loop.newest is not None and not loop.stopping:
            loop.turn()
    finally:
        loop.running = False
        loop.current = None
        if limit.slot >= 0:
            loop.timers.remove(limit)
    loop.report_ended()
    while loop.newest is not None:
        _cut_off(loop, loop.newest)


def _cancel(loop):
    task = loop.newest
    while task is not None:
        older = task.older
        task.mark_scopes()
        task.inject(CancelledError())
        task = older


def _cut_off(loop, task):
    """End a task that did not end when it was cancelled; say so."""
    error = TimeoutError("it was cancelled and did not end within " + str(GRACE) + " s")
    loop.current = task
    coro = task.coro
    task.inject(CancelledError())
    try:
        coro.close()
    except BaseException as exc:
        error = exc
    if task.coro is not None:
        loop.finish(task, CancelledError())
    loop.current = None
    loop.call_exception_handler({"message": "Task cut off as its loop was closed", "exception": error, "future": task})
