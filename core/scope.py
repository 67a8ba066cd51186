"""A scope: part of a task that can be cancelled by itself. `timeout` and TaskGroup stand on it; users use those.

A scope that fires cancels its task; at its end it must tell that cancel, which stops there, from one that somebody
else asked for, which must go on. The CancelledError raised does not show it: a child in which it was raised may have
replaced it, and a second one may have taken its place. So what is kept is who asked: `Task.cancel` marks every scope
that the task is in, and a scope that fires marks those inside it. Only an unmarked scope's cancel was its own alone.
"""

from .context import current_task
from .errors import CancelledError
from .task import Task


class Scope:
    """For one use by one task: `enter`, then perhaps `fire`, then `leave`."""

    def __init__(self):
        self.task = None
        self.fired = False
        self.outrun = False  # a scope around this one fired
        self.cancelled = False  # Task.cancel was called

    def enter(self):
        """The current task is in it from now on. RuntimeError outside a task."""
        self.task = task = current_task()
        queue = task.queue
        if queue.scopes is None:
            queue.scopes = {}
        queue.scopes.setdefault(task, []).append(self)

    def leave(self):
        """Its task is out of it. True if it fired, and nothing else cancelled the task meanwhile."""
        scopes = self.task.queue.scopes
        entered = scopes[self.task]
        entered.remove(self)
        if not entered:
            del scopes[self.task]
        return self.fired and not self.outrun and not self.cancelled

    def persist(self):
        """After `leave`: what ended its task besides, and was not raised, is to end it at its next wait."""
        queue = self.task.queue
        if self.cancelled:
            queue.cancel_current()
        elif self.outrun:
            for scope in queue.scopes[self.task]:
                if scope.fired:
                    queue.create_task(scope.fire_again())
                    break

    async def fire_again(self):
        """Unless its task has left it."""
        scopes = self.task.queue.scopes
        if self in scopes.get(self.task, ()):
            self.fire()

    def fire(self):
        """Cancel its task, which is not the current one, where it waits."""
        task = self.task
        self.fired = True
        inside = False
        for scope in task.queue.scopes[task]:
            if inside:
                scope.outrun = True
            elif scope is self:
                inside = True
        if isinstance(task.data, Task):
            task.data.interrupt()
        else:
            task.inject(CancelledError())
