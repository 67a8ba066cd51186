"""gather: await several at once."""

from .context import get_event_loop
from .task import Task, Wait


class _Gathering(Wait):
    """Awaits `tasks` on behalf of one task: wakes it when all have ended, or at the first failure."""

    def __init__(self, tasks, return_exceptions):
        self.tasks = tasks
        self.return_exceptions = return_exceptions
        self.task = None
        self.error = None
        self.left = 0
        for task in tasks:
            if task.coro is not None:
                self.left += 1
                task.add_waiter(self)
            else:
                self._look_at(task)

    def _look_at(self, task):
        task.state = False
        if self.error is None and not self.return_exceptions and not isinstance(task.data, StopIteration):
            self.error = task.data

    def child_done(self, task):
        self.left -= 1
        self._look_at(task)
        if self.task is not None and (self.left == 0 or self.error is not None):
            parked, self.task = self.task, None
            parked.queue.wake(parked)

    def park(self, task):
        self.task = task

    def unpark(self, task):
        self.task = None
        return True

    def leave(self, cancel):
        """Stop watching those that have not ended; cancel them if so told."""
        for task in self.tasks:
            if task.coro is not None:
                if not isinstance(task.state, list) or self not in task.state:
                    continue  # given twice, and left already
                task.unpark(self)
                if cancel:
                    task.cancel()

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        if self.left and self.error is None:
            return self
        raise StopIteration

    def outcomes(self):
        return [t.data.value if isinstance(t.data, StopIteration) else t.data for t in self.tasks]


async def gather(*aws, return_exceptions=False):
    """Await all of `aws`, tasks or coroutines, at once; return the list of their results in the order given.

    The first exception is raised to the caller at once and the others run on; with `return_exceptions` it takes its
    result's place in the list instead. Cancelling the gather cancels all that have not ended.
    """
    tasks = promote_all(aws)
    gathering = _Gathering(tasks, return_exceptions)
    done = False
    try:
        await gathering
        done = True
    finally:
        gathering.leave(cancel=not done)
    if gathering.error is not None:
        raise gathering.error
    return gathering.outcomes()


def promote(aw):
    """`aw` itself if it is a Task, else a new task that awaits it. TypeError if it can't be awaited."""
    return aw if isinstance(aw, Task) else get_event_loop().create_task(aw)


def promote_all(aws):
    """A task for each of `aws`; if one can't be awaited, those before it are not started."""
    tasks = []
    try:
        for aw in aws:
            tasks.append(promote(aw))
    except BaseException:
        for task, aw in zip(tasks, aws):
            if task is not aw:
                task.cancel()
        raise
    return tasks

