"""What `Task.add_done_callback` needs. Tasks of the same loop only; to learn of a task's result, await it.

The callbacks are called in order, in a task of their own, at the turn after the end. So they may do what a task may:
start and cancel others, take long, fail; what one raises is reported and the next is called.
"""

from .native import MICROPYTHON

if not MICROPYTHON:
    from contextvars import copy_context


class _Callbacks:
    """In a task's list of who awaits it, on behalf of the callbacks: once per task."""

    def __init__(self):
        self.functions = []  # (function, its context or None)

    def child_done(self, task):
        # Its error stays one that nobody has seen, unless a function looks at it: see RunQueue.finish.
        task.queue.create_task(_call(self.functions, task))


async def _call(functions, task):
    for fn, context in functions:
        try:
            if context is None:
                fn(task)
            else:
                context.run(fn, task)
        except Exception as exc:
            task.queue.call_exception_handler(
                {"message": "A done callback of a task failed", "exception": exc, "future": task}
            )


def _find(task):
    for waiter in task.waiters():
        if isinstance(waiter, _Callbacks):
            return waiter
    return None


def add(task, fn, context):
    """`task.add_done_callback(fn, context)`."""
    task.queue.check_context("Task.add_done_callback()")
    if context is None and not MICROPYTHON:
        context = copy_context()
    if task.coro is None:
        task.queue.create_task(_call([(fn, context)], task))
        return
    callbacks = _find(task)
    if callbacks is None:
        callbacks = _Callbacks()
        task.add_waiter(callbacks)
    callbacks.functions.append((fn, context))


def remove(task, fn):
    """`task.remove_done_callback(fn)`."""
    task.queue.check_context("Task.remove_done_callback()")
    callbacks = _find(task)
    if callbacks is None:
        return 0
    kept = [pair for pair in callbacks.functions if pair[0] != fn]
    count = len(callbacks.functions) - len(kept)
    callbacks.functions = kept
    if not kept:
        task.unpark(callbacks)
    return count
