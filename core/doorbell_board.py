"""The doorbell on a board: RP2040 and RP2350; others by reading, not by running.

The sleeper waits in `poll`, which sleeps in WFE and looks at this object's `ioctl` each time an event wakes it. An
interrupt on its own core is such an event. The other core must send one: releasing a lock does (SEV), a plain store
does not. A take that fails means that another context is between take and release, and its release follows.
"""

import io
import select

from .armed import Armed
from .native import allocate_lock

_POLL = 3  # the request MP_STREAM_POLL
_IN = 1  # MP_STREAM_POLL_RD


class Doorbell(io.IOBase, Armed):
    """See the module `doorbell` for the contract. `ring` is legal in a hard ISR."""

    answer = Armed.answer  # found at once, and not in the second base

    def __init__(self):
        Armed.__init__(self)
        self._event = allocate_lock()
        self.poll = select.poll()
        self.poll.register(self, select.POLLIN)
        self.poll.ipoll(0)  # makes what each ipoll returns: the first sleep is to allocate as little as the others
        self.on_stream = None  # called with (stream, events), which it must not keep, for what else is in `poll`

    def ioctl(self, request, flags):
        if request == _POLL:
            return flags & _IN if self.pending else 0
        return -1

    def ring(self, cell):
        cell.rung = True
        self.pending = True  # as `wake`, a call of which takes as long as all of this
        event = self._event
        if event.acquire(0):
            event.release()

    def wake(self):
        """End the owner's sleep, now or the next. Any context, hard ISR included."""
        self.pending = True
        event = self._event
        if event.acquire(0):
            event.release()

    def sleep(self, timeout):
        """Sleep for `timeout` milliseconds at most (-1: no limit), or until rung. Owner only."""
        self.poll.ipoll(timeout)

    def sleep_watching(self, timeout):
        """As `sleep`, or until a stream in `poll` has something to say."""
        for ready in self.poll.ipoll(timeout):  # not unpacked: with a local more the frame would be on the heap
            if ready[0] is not self:
                self.on_stream(ready)

    def close(self):
        """Nothing to give back."""
