"""WaitLine on MicroPython: a ring of links, changed only where no other context can cut in. See `parking`.

As in `store_micropython` nothing in a critical section branches, so that no scheduled function runs there; and nothing
there can raise, so that it needs no `try`.
"""

from .critical import enter, leave


class WaitLine:
    """Those who wait for one thing, in order of arrival. Any context, hard ISR included; but for `join` nothing allocates.

    `next` is the first, `previous` the last, and the line itself comes before the first and after the last. A waiter
    that is in no line is its own neighbour.
    """

    def __init__(self):
        self.next = self.previous = self

    def any(self):
        return self.next is not self

    def join(self, waiter):
        """Stand at the end of the line. Owner of the waiter only."""
        waiter.next = waiter.previous = waiter  # a new attribute is an allocation, so not below
        state = enter()
        last = self.previous
        waiter.previous = last
        waiter.next = self
        last.next = waiter
        self.previous = waiter
        leave(state)

    def leave(self, waiter):
        """Step out of the line. Returns False if not in it: then it has been notified."""
        state = enter()
        other = waiter.next
        before = waiter.previous
        before.next = other
        other.previous = before
        waiter.next = waiter.previous = waiter
        leave(state)
        return other is not waiter

    def _take(self):
        """The first, out of the line; the line itself if nobody is left."""
        state = enter()
        waiter = self.next
        other = waiter.next
        self.next = other
        other.previous = self
        waiter.next = waiter.previous = waiter
        leave(state)
        return waiter

    def notify(self):
        """Ring for the one who has waited longest, if any."""
        state = enter()  # as `_take`, a call of which takes as long as all of this
        waiter = self.next
        other = waiter.next
        self.next = other
        other.previous = self
        waiter.next = waiter.previous = waiter
        leave(state)
        if waiter is not self:
            waiter.bell.ring(waiter)

    def notify_all(self):
        """Ring for everybody in the line, in order."""
        last = self.previous
        waiter = None
        while waiter is not last:  # who comes later waits for the next time
            waiter = self._take()
            if waiter is self:
                break
            waiter.bell.ring(waiter)
