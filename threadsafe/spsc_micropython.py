"""What an SPSCQueue is made of on MicroPython: a ring with two indices and two places to wait, each with one writer.

A store into either is what publishes; `fence` keeps it behind what it publishes, and before the look at who waits. So a
hard ISR that puts between any two bytecodes of the consumer finds all in order, and leaves it so.
"""

import sys

from ..core.native import fence
from ..core.task import PENDING
from .store_micropython import WRAP, Store

RP2 = sys.platform == "rp2"  # its cores store in the order of the program


class SpscStore(Store):
    """As `store.Store`, without critical sections: `put` for the producer, `get` for the consumer."""

    def __init__(self, buf):
        self.size = len(buf)
        self.closed = False
        self.high_water = 0
        self.dropped = 0
        self._buf = buf
        self._in = self._out = 0  # of twice the size, so that full and empty differ
        self._span = 2 * len(buf)
        self._put = self._finished = 0

    def put(self, item):
        if self.closed:
            return False
        put = self._in
        count = (put - self._out) % self._span
        if count == self.size:
            return False
        self._buf[put % self.size] = item
        if not RP2:
            fence()
        self._in = (put + 1) % self._span
        fence()
        self._put = (self._put + 1) & WRAP
        if count >= self.high_water:
            self.high_water = count + 1
        return True

    def get(self):
        got = self._out
        if got == self._in:
            return PENDING
        item = self._buf[got % self.size]
        if not RP2:
            fence()
        self._out = (got + 1) % self._span
        fence()
        return item

    def refuse(self):
        self.dropped = (self.dropped + 1) & WRAP  # by the producer only

    def peek(self):
        got = self._out
        return PENDING if got == self._in else self._buf[got % self.size]

    def finish(self):
        if not self.left():
            return False
        self._finished = (self._finished + 1) & WRAP
        return True

    def left(self):
        return (self._put - self._finished) & WRAP

    def close(self):
        self.closed = True
        fence()

    def drained(self):
        return self.closed and self._in == self._out

    def room(self):
        return len(self) < self.size

    def __len__(self):
        return (self._in - self._out) % self._span


class SingleLine:
    """A place for one to wait: as WaitLine, but only who waits there writes to it, so a ring takes nobody out.

    `next` is who waits; the line itself if nobody does.
    """

    def __init__(self):
        self.next = self

    def any(self):
        return self.next is not self

    def join(self, waiter):
        """Wait here from now on."""
        self.next = waiter
        fence()

    def leave(self, waiter):
        """Wait no longer. Returns False if not here."""
        if self.next is not waiter:
            return False
        self.next = self
        return True

    def notify(self):
        """Ring for who waits here, if anybody does. More than once does no harm."""
        waiter = self.next
        if waiter is not self and not waiter.rung:
            waiter.bell.ring(waiter)

    notify_all = notify
