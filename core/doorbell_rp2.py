"""The doorbell on RP2040 and RP2350.

The sleeper waits in `poll`, which sleeps in WFE and looks at this object's `ioctl` each time an event wakes it. An
interrupt on its own core is such an event. The other core must send one: releasing a lock does (SEV), a plain store
does not. A take that fails means that another context is between take and release, and its release follows.
"""

import io
import select
from _thread import allocate_lock

from .cell import answer_armed

_POLL = 3  # the request MP_STREAM_POLL
_IN = 1  # MP_STREAM_POLL_RD


class Doorbell(io.IOBase):
    """See the module `doorbell` for the contract. `ring` is legal in a hard ISR."""

    def __init__(self):
        self._armed = []
        self._rung = False
        self._event = allocate_lock()
        self.poll = select.poll()
        self.poll.register(self, select.POLLIN)
        self.on_stream = None  # called with (stream, event) for what else is in `poll`

    def ioctl(self, request, flags):
        if request == _POLL:
            return flags & _IN if self._rung else 0
        return -1

    def arm(self, cell):
        self._armed.append(cell)

    def disarm(self, cell):
        if cell in self._armed:
            self._armed.remove(cell)

    def ring(self, cell):
        cell.rung = True
        self.wake()

    def wake(self):
        """End the owner's sleep, now or the next. Any context, hard ISR included."""
        self._rung = True
        event = self._event
        if event.acquire(0):
            event.release()

    def answer(self):
        if self._rung:
            self._rung = False
            answer_armed(self._armed)

    def has_rung(self):
        return self._rung

    def sleep(self, timeout):
        """Sleep for `timeout` milliseconds at most (-1: no limit), or until rung. Owner only."""
        for stream, event in self.poll.ipoll(timeout):
            if stream is not self:
                self.on_stream(stream, event)

    def close(self):
        """Nothing to give back."""
