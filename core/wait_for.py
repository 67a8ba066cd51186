"""wait_for and wait_for_ms: await something, but not longer than so long."""

from .context import get_event_loop
from .errors import CancelledError, TimeoutError
from .gather import promote
from .sleep import ms_units, units
from .task import Wait


class _Deadline(Wait):
    """Waits for `task` to end, until a time."""

    def __init__(self, task, delay):
        self.task = task
        self.delay = delay  # clock units; -1: without limit
        self.waiter = None

    def park(self, waiter):
        self.waiter = waiter
        self.task.add_waiter(self)
        if self.delay >= 0:
            queue = waiter.queue
            queue.timers.push(waiter, queue.clock.now() + self.delay)

    def child_done(self, task):
        waiter, self.waiter = self.waiter, None
        waiter.queue.wake(waiter)

    def unpark(self, waiter):
        self.waiter = None
        self.task.unpark(self)
        return True

    def __await__(self):
        self.waiter = self  # fresh
        return self

    __iter__ = __await__

    def __next__(self):
        if self.waiter is self and self.task.coro is not None:
            return self
        raise StopIteration


async def _wait(aw, delay):
    task = promote(aw)
    try:
        await _Deadline(task, delay)
    except CancelledError:
        await _end(task)
        raise
    if task.coro is None:
        return await task
    await _end(task)
    raise TimeoutError


async def _end(task):
    """Cancel `task` and wait for its last `finally` block, though that takes longer, or ends in an error."""
    if task.cancel():
        await _Deadline(task, -1)
    if not isinstance(task.data, (StopIteration, CancelledError)) and task.state is not None:
        get_event_loop().call_exception_handler(
            {"message": "A task failed while it was cancelled", "exception": task.data, "future": task}
        )
    task.state = False


async def wait_for(aw, timeout, sleep=None):
    """Await `aw`, a task or coroutine, and return its result; after `timeout` seconds cancel it and raise TimeoutError.

    None waits without limit; 0 or less gives `aw` one turn. A task that does not end when cancelled delays the
    TimeoutError until it does. Cancelling the caller cancels `aw` and waits for its end. `sleep` is ignored: it is
    accepted for code that passes it.
    """
    if timeout is None:
        return await promote(aw)
    return await _wait(aw, _delay(aw, units, timeout))


async def wait_for_ms(aw, timeout):
    """As `wait_for`, with `timeout` in milliseconds."""
    if timeout is None:
        return await promote(aw)
    return await _wait(aw, _delay(aw, ms_units, timeout))


def _delay(aw, convert, timeout):
    try:
        return convert(timeout)
    except (TypeError, ValueError, OverflowError):
        if hasattr(aw, "close"):
            aw.close()  # it will not be awaited
        raise
