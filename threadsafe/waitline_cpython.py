"""WaitLine on CPython: a deque, each of whose operations is atomic. See `parking`."""

from collections import deque


class WaitLine:
    """Those who wait for one thing, in order of arrival. Any thread or signal handler; takes no lock."""

    def __init__(self):
        self._waiters = deque()

    def __len__(self):
        return len(self._waiters)

    def any(self):
        return len(self._waiters) > 0

    def join(self, waiter):
        """Stand at the end of the line."""
        self._waiters.append(waiter)

    def leave(self, waiter):
        """Step out of the line. Returns False if not in it: then it has been notified."""
        try:
            self._waiters.remove(waiter)
        except ValueError:
            return False
        return True

    def notify(self):
        """Ring for the one who has waited longest, if any."""
        try:
            waiter = self._waiters.popleft()
        except IndexError:
            return
        waiter.bell.ring(waiter)

    def notify_all(self):
        """Ring for everybody in the line, in order; who comes later waits for the next time."""
        count = len(self._waiters)
        while count:
            count -= 1
            self.notify()
