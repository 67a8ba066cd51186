"""WaitLine on MicroPython: a linked list, changed only where no other context can cut in. See `parking`."""

from .critical import enter, leave


class WaitLine:
    """Those who wait for one thing, in order of arrival. Any context, hard ISR included; nothing allocates."""

    def __init__(self):
        self._first = None
        self._last = None

    def any(self):
        return self._first is not None

    def join(self, waiter):
        """Stand at the end of the line."""
        state = enter()
        try:
            waiter.next = None
            if self._first is None:
                self._first = waiter
            else:
                self._last.next = waiter
            self._last = waiter
        finally:
            leave(state)

    def leave(self, waiter):
        """Step out of the line. Returns False if not in it: then it has been notified."""
        state = enter()
        try:
            before = None
            other = self._first
            while other is not None:
                if other is waiter:
                    if before is None:
                        self._first = other.next
                    else:
                        before.next = other.next
                    if self._last is other:
                        self._last = before
                    return True
                before = other
                other = other.next
            return False
        finally:
            leave(state)

    def _take(self):
        state = enter()
        try:
            waiter = self._first
            if waiter is not None:
                self._first = waiter.next
            return waiter
        finally:
            leave(state)

    def notify(self):
        """Ring for the one who has waited longest, if any."""
        waiter = self._take()
        if waiter is not None:
            waiter.bell.ring(waiter)

    def notify_all(self):
        """Ring for everybody in the line, in order."""
        last = self._last
        waiter = self._take()
        while waiter is not None:
            waiter.bell.ring(waiter)
            if waiter is last:  # who comes later waits for the next time
                break
            waiter = self._take()
