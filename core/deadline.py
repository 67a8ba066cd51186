"""wait_for and wait_for_ms: await something, but not longer than so long. For a block of code there is `timeout`."""

from .context import get_event_loop
from .errors import CancelledError, TimeoutError
from .lazy import load
from .native import MICROPYTHON
from .task import PENDING, Task, Wait
from .timeouts import Timeout
from .times import ms_units, units


async def wait_for(aw, timeout, sleep=None):
    """Await `aw`, a task, coroutine or other awaitable; return its result; after `timeout` seconds cancel it and raise
    TimeoutError.

    None waits without limit; 0 or less lets `aw` run to its first wait. A coroutine runs in the calling task, so no
    result of it is lost between two tasks. What does not end when it is cancelled delays the TimeoutError until it does.
    Cancelling the caller cancels `aw` and waits for its end. `sleep` is ignored: it is accepted for code that passes it.
    """
    return await _limited(aw, units, timeout)


async def wait_for_ms(aw, timeout):
    """As `wait_for`, with `timeout` in milliseconds."""
    return await _limited(aw, ms_units, timeout)


async def _limited(aw, convert, timeout):
    if not hasattr(aw, "send") and not hasattr(aw, "__await__"):
        raise load("misuse", "not_a_coroutine")(aw)
    if not MICROPYTHON and not hasattr(aw, "__await__"):
        aw = load("coroutines", "Steps")(aw)
    if timeout is None:
        return await aw
    try:
        delay = convert(timeout)
    except (TypeError, ValueError, OverflowError):
        if hasattr(aw, "close"):
            aw.close()  # it will not be awaited
        raise
    if isinstance(aw, Task):
        return await _join(aw, delay)
    limit = Timeout(get_event_loop(), delay)
    try:
        async with limit:
            result = await aw
    except Exception as exc:
        if not limit.expired() or isinstance(exc, TimeoutError):
            raise
        _report(exc)
    if limit.expired():
        raise TimeoutError
    return result


class _Deadline(Wait):
    """Waits for the task `awaits` to end, until a time."""

    def __init__(self, task, delay):
        self.awaits = task
        self.delay = delay  # clock units; -1: without limit
        self.waiter = None

    def park(self, waiter):
        if self.awaits.leads_to(waiter):
            waiter.queue.fail(waiter, load("misuse", "waits_for_itself")(self.awaits, waiter))
            return
        self.waiter = waiter
        self.awaits.add_waiter(self)
        if self.delay >= 0:
            queue = waiter.queue
            queue.timers.push(waiter, queue.clock.now() + self.delay)

    def child_done(self, task):
        waiter, self.waiter = self.waiter, None
        waiter.queue.wake(waiter)

    def unpark(self, waiter):
        self.waiter = None
        self.awaits.unpark(self)
        return True

    def __await__(self):
        self.waiter = self  # fresh
        return self

    __iter__ = __await__

    def attempt(self):
        return PENDING if self.waiter is self and self.awaits.coro is not None else None


async def _join(task, delay):
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
    """Cancel `task` and wait for its last `finally` block, though that takes longer, or ends in an error.

    Who waits may be cancelled meanwhile: that is raised then. Who is cancelled again insists, and so is `task`.
    """
    cancelled = None
    task.cancel()
    while task.coro is not None:
        try:
            await _Deadline(task, -1)
        except CancelledError as exc:
            if cancelled is not None:
                task.cancel()
            cancelled = exc
    if task.state is None and not isinstance(task.data, (StopIteration, CancelledError)):
        task.state = False
        _report(task.data)
    if cancelled is not None:
        raise cancelled


def _report(exc):
    loop = get_event_loop()
    loop.call_exception_handler(
        {"message": "A task failed while it was cancelled", "exception": exc, "future": loop.current}
    )
