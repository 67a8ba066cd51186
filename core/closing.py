"""How a loop ends the tasks that it still has when it is closed."""

from .errors import CancelledError, TimeoutError
from .native import MICROPYTHON
from .timers import Timer
from .times import units


class _Limit(Timer):
    """Ends the waiting for a task that does not end when it is cancelled."""

    def __init__(self, loop):
        Timer.__init__(self)
        self.loop = loop

    def expire(self):
        self.loop.stopping = True


def end_tasks(loop, grace):
    """Cancel every task of `loop`, which is not running, and run it until they have ended; cut off what is left then.

    So `finally` blocks run, and what they await, for `grace` seconds at the most (None: as long as they like); then
    those of asynchronous generators that were left before their end.
    """
    _cancel(loop)
    limit = _Limit(loop)
    if grace is not None:
        loop.timers.push(limit, loop.clock.now() + units(grace))
    loop.begin()
    try:
        _run_out(loop)
        if not MICROPYTHON:
            while not loop.stopping and (loop.asyncgens.alive or loop.bell.pending):
                loop.bell.answer()  # it tells of those that the last tasks left as they ended
                loop.create_task(loop.asyncgens.close_all())
                _run_out(loop)
    finally:
        loop.end()
        if limit.slot >= 0:
            loop.timers.remove(limit)
    loop.report_ended()
    while loop.newest is not None:
        _cut_off(loop, loop.newest, grace)


def _run_out(loop):
    while loop.newest is not None and not loop.stopping:
        loop.turn()


def _cancel(loop):
    task = loop.newest
    while task is not None:
        older = task.older
        if loop.scopes:
            task.mark_scopes()
        task.inject(CancelledError())
        task = older


def _cut_off(loop, task, grace):
    """End a task that did not end when it was cancelled; say so."""
    error = TimeoutError("it was cancelled and did not end within " + str(grace) + " s")
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
