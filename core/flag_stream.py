"""ThreadSafeFlag on MicroPython: also a stream, so that `select.poll` can watch it for input."""

import io

from .cell import Cell  # noqa: F401  # not from within `flag`: an import in an import takes much of a board's stack
from .flag import ThreadSafeFlag as _ThreadSafeFlag
from .native import fence

_POLL = 3  # the request MP_STREAM_POLL
_IN = 1  # MP_STREAM_POLL_RD


class ThreadSafeFlag(io.IOBase, _ThreadSafeFlag):
    """See `flag.ThreadSafeFlag`. Registered with a poll object for POLLIN it is ready while it is set."""

    def __init__(self, urgent=False):
        _ThreadSafeFlag.__init__(self, urgent)
        self.stop = StopIteration()

    def set(self):
        self.state = True
        fence()  # before the look: who waits does it the other way round
        bell = self.bell
        if bell is not None:
            bell.ring(self)

    def __next__(self):  # `attempt`, without its call and that of `clear`
        if self.fresh:
            self.fresh = False
            self.stop.__traceback__ = None  # or it would grow: a prebuilt exception allocates nothing
            if not self.state:
                return self
        self.state = False
        raise self.stop

    def ioctl(self, request, flags):
        if request == _POLL:
            return flags & _IN if self.state else 0
        return -1
