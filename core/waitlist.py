"""WaitList: tasks of one loop that wait for the same thing. Base of Event, Lock and the like. Scheduler side only."""

from .lazy import load
from .task import Wait


class WaitList(Wait):
    """Tasks that wait for the same thing, woken in order of arrival."""

    def __init__(self):
        self.waiters = None  # a list once somebody waits: an empty one would be half of an Event on a board

    def park(self, task):
        """What this raises is raised in the task."""
        waiters = self.waiters
        if waiters is None:
            self.waiters = [task]
            return
        if waiters:
            first = waiters[0]
            if first.queue.thread != task.queue.thread:
                what = type(self).__name__ + (".acquire()" if hasattr(self, "acquire") else ".wait()")
                raise load("misuse", "wrong_context")(what, first.queue.thread)
        waiters.append(task)

    def unpark(self, task):
        self.waiters.remove(task)
        return True

    def wake_all(self):
        """Make every waiter ready, in order."""
        waiters = self.waiters
        if waiters:
            self.waiters = None
            for task in waiters:
                task.queue.wake(task)
