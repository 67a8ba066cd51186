"""Event: tasks of one loop wait until another task of it sets the event. Other contexts use ThreadSafeEvent."""

from .context import check_context
from .native import COMPILED
from .task import PENDING
from .waitlist import WaitList


class Event(WaitList):
    """Set and cleared by tasks. Not self-clearing. Waiters are woken in order of arrival.

    `set()` followed by `clear()` wakes exactly those who wait at that moment. Waiting on a set event does not yield.
    From another context than the loop's `set` and `clear` raise WrongContextError.
    """

    def __init__(self):
        self.waiters = None
        self.state = False
        self.fresh = False  # between __await__ and the first step
        self.queue = None  # of those who waited last

    def is_set(self):
        """True between `set` and `clear`."""
        return self.state

    def set(self):
        """Let everyone who waits go on, and every later wait pass."""
        check_context(self.queue, "Event.set()")
        self.state = True
        self.wake_all()

    def clear(self):
        """Make later waits wait."""
        check_context(self.queue, "Event.clear()")
        self.state = False

    def wait(self):
        """Awaitable, True: until the event is set."""
        return self

    def park(self, task):
        WaitList.park(self, task)
        self.queue = task.queue

    def __await__(self):
        self.fresh = True
        return self

    def __iter__(self):
        self.fresh = True
        return self

    def attempt(self):
        if self.fresh and not self.state:
            self.fresh = False
            return PENDING
        self.fresh = False
        return True


if COMPILED:
    from .awaiting import quicken

    quicken(Event)
