"""What a lock, or a semaphore, has to give, and the line of those who wait for it. On MicroPython. See `lock`."""

from .critical import enter, leave
from .waitline_micropython import WaitLine

UNBOUNDED = 1 << 29  # how many more may come back than went out; with those a small integer


class Permits(WaitLine):
    """Permits, and the line of those who wait for one: a WaitLine, whose `leave` serves here, too.

    Each change is one critical section, without a branch. So either the line is empty or no permit is free.
    """

    def __init__(self, count, bounded):
        WaitLine.__init__(self)
        self.granted = False  # means nothing here: it is set in whatever comes first in the ring
        self._free = count
        self._out = 0
        self._more = 0 if bounded else UNBOUNDED

    def free(self):
        return self._free

    def take(self):
        state = enter()
        try:
            got = self._free > 0  # True counts as 1, False as 0
            self._free -= got
            self._out += got
        finally:
            leave(state)
        return got

    def join(self, waiter):
        waiter.next = waiter.previous = waiter  # a new attribute is an allocation, so not below
        rings = (self, waiter)
        state = enter()
        try:
            got = self._free > 0
            self._free -= got
            self._out += got
            waiter.granted = got
            ring = rings[got]  # granted at once it is in no line, but a ring of its own
            last = ring.previous
            waiter.previous = last
            waiter.next = ring
            last.next = waiter
            ring.previous = waiter
        finally:
            leave(state)
        if got:
            waiter.bell.ring(waiter)

    def notify(self):
        state = enter()
        try:
            some = self._out + self._more > 0  # if not, all are free, and nobody waits
            waiter = self.next
            other = waiter.next
            self.next = other
            other.previous = self
            waiter.next = waiter.previous = waiter
            waiter.granted = True
            back = (waiter is self) * some
            self._free += back
            self._out -= back
        finally:
            leave(state)
        if waiter is not self:
            waiter.bell.ring(waiter)
        return some

    def enough(self, n):
        return self._out + self._more >= n
