"""wait and as_completed: several tasks, taken as they end. To have all results in order use `gather`, to have all end
with the block that started them, TaskGroup. For tasks of one loop.
"""

from .children import promote_all
from .context import get_event_loop
from .errors import CancelledError, TimeoutError
from .task import PENDING, Task, Wait
from .timers import Timer
from .times import units
from .waitlist import WaitList

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"


class _Waiting(Wait):
    """Waits on behalf of one task until enough of `tasks` have ended, or until a time."""

    def __init__(self, tasks, return_when, delay):
        self.tasks = tasks
        self.return_when = return_when
        self.delay = delay  # clock units; -1: without limit
        self.left = 0
        self.enough = False
        self.waiter = None
        for task in tasks:
            if task.coro is not None:
                self.left += 1
                task.add_waiter(self)
            else:
                self._look_at(task)

    def _look_at(self, task):
        first = self.return_when
        if first == FIRST_COMPLETED or (
            first == FIRST_EXCEPTION and not isinstance(task.data, (StopIteration, CancelledError))
        ):
            self.enough = True

    def child_done(self, task):
        task.state = False
        self.left -= 1
        self._look_at(task)
        if self.waiter is not None and (self.enough or not self.left):
            waiter, self.waiter = self.waiter, None
            waiter.queue.wake(waiter)

    def park(self, waiter):
        self.waiter = waiter
        if self.delay >= 0:
            queue = waiter.queue
            queue.timers.push(waiter, queue.clock.now() + self.delay)

    def unpark(self, waiter):
        self.waiter = None
        return True

    def expire(self, waiter):
        self.enough = True
        self.unpark(waiter)
        waiter.queue.wake(waiter)

    def leave(self):
        for task in self.tasks:
            if task.coro is not None:
                task.unpark(self)

    def attempt(self):
        return PENDING if self.left and not self.enough else None


async def wait(aws, *, timeout=None, return_when=ALL_COMPLETED):
    """Wait for tasks to end; returns two sets of them, those that have ended and the others.

    `return_when` is ALL_COMPLETED, FIRST_COMPLETED or FIRST_EXCEPTION (or all); `timeout` in seconds, None without
    limit, 0 or less: one turn. Neither the timeout nor a cancel of the caller cancels any. An error in one that has
    ended is the caller's to look at. ValueError without tasks, TypeError if one is a coroutine: make it a task.
    """
    if isinstance(aws, Task) or hasattr(aws, "send"):
        raise TypeError("wait() takes a list or set of tasks, not a single one")
    tasks = set(aws)
    if not tasks:
        raise ValueError("wait() needs a task at least")
    for task in tasks:
        if not isinstance(task, Task):
            raise TypeError(
                "wait() takes tasks: make a coroutine one with create_task(), or it could not be found again"
            )
    if return_when not in (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION):
        raise ValueError("return_when is ALL_COMPLETED, FIRST_COMPLETED or FIRST_EXCEPTION, not " + repr(return_when))
    waiting = _Waiting(tasks, return_when, -1 if timeout is None else units(timeout))
    try:
        await waiting
    finally:
        waiting.leave()
    done = {task for task in tasks if task.coro is None}
    for task in done:
        task.state = False
    return done, tasks - done


class _Ended(WaitList):
    """Hands out tasks in the order in which they end, to those who await it in the order in which they came."""

    def __init__(self, tasks):
        self.waiters = []
        self.left = len(tasks)  # not handed out yet
        self.late = False
        self.tasks = []  # have ended, not handed out yet
        for task in tasks:
            if task.coro is None:
                self.tasks.append(task)
            else:
                task.add_waiter(self)

    def child_done(self, task):
        task.state = False
        self.tasks.append(task)
        self.wake_all()

    def attempt(self):
        if self.tasks:
            self.left -= 1
            task = self.tasks.pop(0)
            task.state = False
            return task
        if self.late:
            raise TimeoutError
        if not self.left:
            raise RuntimeError("as_completed() has handed out all results")
        return PENDING


class _Limit(Timer):
    def __init__(self, ended):
        Timer.__init__(self)
        self.ended = ended

    def expire(self):
        self.ended.late = True
        self.ended.wake_all()


class _AsCompleted:
    def __init__(self, tasks, loop, timeout):
        self._ended = _Ended(tasks)
        self._count = len(tasks)
        self._timers = loop.timers
        self._limit = None
        if timeout is not None:
            self._limit = _Limit(self._ended)
            loop.timers.push(self._limit, loop.clock.now() + units(timeout))

    def __iter__(self):
        return self

    def __next__(self):
        if not self._count:
            raise StopIteration
        self._count -= 1
        return self._result()

    async def _result(self):
        return await (await self._task())

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self._count:
            raise StopAsyncIteration
        self._count -= 1
        return await self._task()

    async def _task(self):
        task = await self._ended
        limit = self._limit
        if limit is not None and limit.slot >= 0 and not self._ended.left:
            self._timers.remove(limit)
        return task


def as_completed(aws, *, timeout=None):
    """Start all of `aws`, tasks or coroutines; iterate over them in the order in which they end.

    `async for task in as_completed(...)` gives tasks that have ended; `for next in as_completed(...)` gives as many
    awaitables, of which each, awaited, gives the next result or raises its error. When `timeout` seconds are over, both
    raise TimeoutError instead and the tasks run on, as they do if the loop is left. What one raises that ends after
    that is not reported.
    """
    if isinstance(aws, Task) or hasattr(aws, "send"):
        raise TypeError("as_completed() takes a list or set of awaitables, not a single one")
    if timeout is not None:
        units(timeout)  # or refuse it before a task is started
    unique = []
    seen = set()
    for aw in aws:
        if id(aw) not in seen or not (isinstance(aw, Task) or hasattr(aw, "send")):  # an event may be there twice
            seen.add(id(aw))
            unique.append(aw)
    return _AsCompleted(promote_all(unique), get_event_loop(), timeout)
