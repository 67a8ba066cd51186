"""ThreadSafeFlag on MicroPython: also a stream, so that `select.poll` can watch it for input."""

import io

from . import flag

_POLL = 3  # the request MP_STREAM_POLL
_IN = 1  # MP_STREAM_POLL_RD


class ThreadSafeFlag(io.IOBase, flag.ThreadSafeFlag):
    """See `flag.ThreadSafeFlag`. Registered with a poll object for POLLIN it is ready while it is set."""

    def __init__(self):
        flag.ThreadSafeFlag.__init__(self)

    def ioctl(self, request, flags):
        if request == _POLL:
            return flags & _IN if self.state else 0
        return -1
