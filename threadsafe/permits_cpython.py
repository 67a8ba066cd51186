"""What a lock, or a semaphore, has to give, and the line of those who wait for it. On CPython. See `lock`."""

from collections import deque


class Permits:
    """Permits, and the line of those who wait for one: deques, each of whose operations is atomic; no lock.

    Who adds a permit to the free ones, or a waiter to the line, looks at the other one after that, and brings them
    together: so nobody waits beside a free permit, but for the few bytecodes that another needs for this.
    """

    def __init__(self, count, bounded):
        self._free = deque([None] * count)
        self._out = deque() if bounded else None  # as many as may come back
        self._waiters = deque()

    def free(self):
        """How many nobody has."""
        return len(self._free)

    def take(self):
        """True if there was a free one: it is the caller's."""
        try:
            self._free.pop()
        except IndexError:
            return False
        if self._out is not None:
            self._out.append(None)
        return True

    def join(self, waiter):
        """Stand at the end of the line. Whoever is granted a permit, by now or later, is marked so and rung."""
        self._waiters.append(waiter)
        while self._waiters and self.take():
            self._hand_over()

    def leave(self, waiter):
        """Step out of the line. False if not in it: then it was granted a permit."""
        try:
            self._waiters.remove(waiter)
        except ValueError:
            return False
        return True

    def notify(self):
        """A permit comes back: it goes to the first in the line. False if none is out."""
        return (self._out is None or len(self._out) > 0) and self._hand_over()

    def enough(self, n):
        """Whether `n` are out, and may come back."""
        return self._out is None or len(self._out) >= n

    def _hand_over(self):
        out = self._out  # counts the permit until it is free, so that who is granted it can pass it on at once
        while True:
            try:
                waiter = self._waiters.popleft()
            except IndexError:
                if out is not None:
                    try:
                        out.pop()
                    except IndexError:
                        return False
                self._free.append(None)
                if not self._waiters or not self.take():
                    return True
            else:
                waiter.granted = True
                waiter.bell.ring(waiter)
                return True
