"""TimedWait: base of what a task awaits, of a queue, an event, a pipe, for no longer than it wants to."""

from ..core.shared import SharedWait
from ..core.times import units
from .parking import check_timeout


class TimedWait(SharedWait):
    """One wait, until a deadline that is set when the task is parked first. The task's loop only."""

    def __init__(self, timeout):
        self.until = -1  # for so many clock units, after the first wait until that time; -1: as long as it takes
        if timeout is not None:
            timeout = check_timeout(timeout)
            if timeout is not None:
                self.until = units(timeout)
        self.parked = None

    def wait_as(self, task, parked):
        """`task` waits, as `parked`, a ParkedTask. Returns that."""
        if self.until >= 0:
            queue = task.queue
            if self.parked is None:
                self.until += queue.clock.now()
            queue.timers.push(task, self.until)
        self.parked = parked
        return parked

    def late(self):
        """Whether the time is up."""
        return self.parked is not None and self.parked.expired
