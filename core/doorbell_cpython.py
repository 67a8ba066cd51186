"""The doorbell on CPython: a lock handed over, or a descriptor while the sleeper also watches descriptors."""

import os

from .native import Ring
from .parker_cpython import Parker

LONGEST = 1000000.0  # seconds in one sleep: above it some platforms overflow


class Doorbell:
    """See the module `doorbell` for the contract."""

    def __init__(self):
        self.pending = Ring()  # the cells rung, in order
        self._asleep = False
        self._parker = Parker()
        self._in_poll = False
        self._reading = self._writing = -1  # the descriptor pair, once something is watched

    def arm(self, cell):
        """Nothing to remember here: rings carry their cell."""

    def disarm(self, cell):
        """Nothing to forget either."""

    def ring(self, cell):
        # Once, or a loop that does not run would gather rings as long as somebody rings.
        self.pending.push_once(cell)
        if self._asleep:
            self.wake()

    def wake(self):
        """End the owner's sleep, now or the next. Any context."""
        if self._in_poll:
            self.signal()
        else:
            self._parker.unpark()

    def answer(self):
        rung = self.pending
        count = len(rung)
        while count:
            count -= 1
            cell = rung.pop()
            cell.answer()

    def sleep(self, timeout):
        """Sleep for `timeout` microseconds at most (-1: no limit), or until rung. Owner only."""
        self._asleep = True
        try:
            if len(self.pending) == 0:
                self._parker.park(timeout)
        finally:
            self._asleep = False

    def sleep_in(self, poll, timeout):
        """As `sleep`, within `poll(seconds or None)`, which watches `descriptor()` too. Returns what it returned."""
        self._in_poll = True
        self._asleep = True
        self._parker.parked_elsewhere()
        try:
            if len(self.pending):
                timeout = 0
            return poll(None if timeout < 0 else min(timeout * 1e-6, LONGEST))
        finally:
            self._asleep = False
            self._in_poll = False

    def descriptor(self):
        """The descriptor that becomes readable when the bell rings during `sleep_in`. Made at the first call."""
        if self._reading < 0:
            if hasattr(os, "eventfd"):
                self._reading = self._writing = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            else:
                self._reading, self._writing = os.pipe()
                os.set_blocking(self._reading, False)
                os.set_blocking(self._writing, False)
        return self._reading

    def signal(self):
        """Make the descriptor readable. Any context."""
        try:
            os.write(self._writing, b"\1\0\0\0\0\0\0\0")
        except BlockingIOError:  # full of earlier rings, which will wake it too
            pass

    def drain(self):
        """Take what rings left in the descriptor. Owner only."""
        try:
            os.read(self._reading, 4096)
        except BlockingIOError:
            pass

    def forked(self):
        """In the child of a fork: its owner is the parent's. The descriptors are the parent's too, who must not be woken."""
        in_poll, self._in_poll = self._in_poll, False
        if self._asleep and not in_poll:
            self.wake()  # the owner, if a signal handler forked while it slept: it has a loop to leave
        self._asleep = False
        self.close()

    def close(self):
        """Give the descriptors back. Owner only; nothing may be watched any more."""
        reading, writing = self._reading, self._writing
        self._reading = self._writing = -1
        if reading >= 0:
            os.close(reading)
        if writing not in (reading, -1):
            os.close(writing)
