"""What `Task.add_done_callback` needs. Tasks of the same loop only; to learn of a task's result, await it.

The callbacks are called in order, in a task of their own, at the turn after the end. So they may do what a task may:
start and cancel others, take long, fail; what one raises is reported and the next is called.
"""


class _Callbacks:
    """In a task's list of who awaits it, on behalf of the callbacks: once per task."""

    def __init__(self, waiters):
        self.waiters = waiters  # that list
        self.functions = []

    def child_done(self, task):
        task.queue.create_task(_call(self.functions, task))
        if len(self.waiters) == 1 and not task.cancelled() and not isinstance(task.data, StopIteration):
            # Nobody awaits it, so its error is to be reported as if there were no callbacks, unless one looks at it:
            # see RunQueue.finish.
            task.state = None
            task.queue.ready.reserve(1)
            task.queue.ready.push(task)


async def _call(functions, task):
    for fn in functions:
        try:
            fn(task)
        except Exception as exc:
            task.queue.call_exception_handler(
                {"message": "A done callback of a task failed", "exception": exc, "future": task}
            )


def _find(task):
    if isinstance(task.state, list):
        for waiter in task.state:
            if isinstance(waiter, _Callbacks):
                return waiter
    return None


def add(task, fn):
    """`task.add_done_callback(fn)`."""
    task.queue.check_context("Task.add_done_callback()", "a task of that loop that awaits it")
    if task.coro is None:
        task.queue.create_task(_call([fn], task))
        return
    callbacks = _find(task)
    if callbacks is None:
        waiters = task.state if isinstance(task.state, list) else []
        callbacks = _Callbacks(waiters)
        waiters.append(callbacks)
        task.state = waiters
    callbacks.functions.append(fn)


def remove(task, fn):
    """`task.remove_done_callback(fn)`."""
    task.queue.check_context("Task.remove_done_callback()", "a task of that loop")
    callbacks = _find(task)
    if callbacks is None:
        return 0
    count = callbacks.functions.count(fn)
    for _ in range(count):
        callbacks.functions.remove(fn)
    if not callbacks.functions:
        task.unpark(callbacks)
    return count
