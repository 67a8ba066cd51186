"""HandingLine: tasks that wait for what is handed to them one by one, in order of arrival. Base of Semaphore and Queue.

What a task was handed is its own from that moment, though it runs later: nobody who comes meanwhile takes it away. If
the task is cancelled before it runs, the next in the line is handed it. Scheduler side only.
"""

from ..core.context import check_context
from ..core.waitlist import WaitList


class HandingLine(WaitList):
    """One object serves all who wait: what tells them apart is only whether they are in `waiters` still."""

    def __init__(self):
        self.waiters = None
        self.fresh = False  # between __await__ and the first step
        self.queue = None

    def check(self, what):
        """WrongContextError if the caller has no business here."""
        check_context(self.queue, what)

    def hand(self):
        """To the task that has waited longest. False if none waits."""
        if not self.waiters:
            return False
        task = self.waiters.pop(0)
        task.queue.wake(task)
        task.data = self  # so that a cancel finds this
        return True

    def hand_back(self):
        """Who was handed something was cancelled: the next one's turn, if there is one."""
        raise NotImplementedError

    def park(self, task):
        WaitList.park(self, task)
        self.queue = task.queue

    def unpark(self, task):
        if self.waiters and task in self.waiters:
            self.waiters.remove(task)
            return True
        self.hand_back()
        return False

    def __await__(self):
        self.fresh = True
        return self

    def __iter__(self):
        self.fresh = True
        return self
