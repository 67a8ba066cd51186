"""What waits for several tasks on behalf of one, for `gather`; and how awaitables become tasks. Scheduler side only."""

from .context import get_event_loop
from .task import PENDING, Task, Wait


class Gathering(Wait):
    """Awaits all of `aws`, as tasks, on behalf of one task: wakes it when all have ended, or at the first failure."""

    def __init__(self, aws, return_exceptions):
        self.return_exceptions = return_exceptions
        self.waiter = None
        self.error = None
        self.left = 0
        self.tasks = promote_all(aws)
        for task in self.tasks:
            if task.coro is not None:
                self.left += 1
                task.add_waiter(self)
            else:
                self.look_at(task)

    def look_at(self, task):
        task.state = False
        if self.error is None and not self.return_exceptions and not isinstance(task.data, StopIteration):
            self.error = task.data

    def child_done(self, task):
        """One of them ended."""
        self.left -= 1
        self.look_at(task)
        if self.waiter is not None and (self.left == 0 or self.error is not None):
            waiter = self.waiter
            self.waiter = None
            waiter.queue.wake(waiter)

    def park(self, task):
        self.waiter = task

    def unpark(self, task):
        self.waiter = None
        return True

    def leave(self, cancel):
        """Stop watching those that have not ended; cancel them if so told."""
        if self.left:
            for task in self.tasks:
                if task.coro is not None and self in task.waiters():  # it may be given twice, and left already
                    task.unpark(self)
                    if cancel:
                        task.cancel()

    def outcomes(self):
        """What they returned, or raised, in the order given."""
        results = []
        for task in self.tasks:
            outcome = task.data
            results.append(outcome.value if isinstance(outcome, StopIteration) else outcome)
        return results

    def attempt(self):
        return PENDING if self.left and self.error is None else None


def promote(aw):
    """`aw` itself if it is a Task, else a new task that awaits it. TypeError if it can't be awaited."""
    return aw if isinstance(aw, Task) else get_event_loop().create_task(aw)


def promote_all(aws):
    """A task for each of `aws`; if one can't be awaited, those before it are not started."""
    loop = get_event_loop()
    tasks = []
    try:
        for aw in aws:
            tasks.append(aw if isinstance(aw, Task) else loop.create_task(aw))
    except BaseException:
        for task, aw in zip(tasks, aws):
            if task is not aw:
                task.cancel()
        raise
    return tasks
