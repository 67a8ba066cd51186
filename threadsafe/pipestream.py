"""A Stream over BytePipes: a task reads and writes what other contexts write and read, as if it were a socket.

| made by | what it is | how a task waits for it |
|---|---|---|
| `open_stream(incoming, outgoing)` | a `core.Stream` | as for the pipes themselves: the doorbell wakes it, nobody asks again and again |
| `RawPipe(incoming, outgoing)` | a stream with MicroPython's `ioctl`, for `core.Stream`, `select.poll` and other code | it is asked: each millisecond on CPython and the unix port, at each event on RP2 |

`incoming` is a BytePipe that another context writes, `outgoing` one that another context reads; either may be None.
"""

import io

from ..core.native import MICROPYTHON, fence
from ..core.queue_errors import QueueClosed
from ..core.shared import SharedWait
from ..core.stream import Stream
from ..core.stream_errors import CLOSED, closed_error
from ..core.task import PENDING
from .bytepipe import BytePipe
from .parking import ParkedTask

EPIPE = 32  # MicroPython's errno has not all names
_POLL, _CLOSE = 3, 4  # the requests MP_STREAM_POLL and MP_STREAM_CLOSE
_IN, _OUT = 1, 4  # MP_STREAM_POLL_RD, MP_STREAM_POLL_WR


class RawPipe(io.IOBase if MICROPYTHON else object):  # CPython's would close the pipes when it is collected
    """One side of a line of two pipes, for the context on that side; no call blocks. Reading pays no heed to a trigger.

    | method | who may call | blocks | allocates on MicroPython | full or empty | closed |
    |---|---|---|---|---|---|
    | `read(n=-1)`, `readinto(buf)`, `readline()` | the reader of `incoming`: a task, thread or core | never | the bytes | None | what is left, then b"" or 0 |
    | `write(buf)` | the writer of `outgoing`: a task, thread or core | never | little | None | OSError (EPIPE) |
    | `ioctl(request, flags)` | who polls it, on that side | never | nothing | | ready |
    | `close()` | tasks, threads | never | nothing | | again: nothing happens |

    `read`, `readinto` and `readline` return None if there is nothing now, b"" or 0 at the end; `write` None if there is
    no room. Without `incoming` it is at its end, without `outgoing`, or when that was closed, OSError (EPIPE).
    """

    def __init__(self, incoming=None, outgoing=None):
        for pipe in (incoming, outgoing):
            if not (pipe is None or isinstance(pipe, BytePipe)):
                raise TypeError("a BytePipe or None is expected, not " + repr(pipe))
        self.incoming = incoming
        self.outgoing = outgoing

    def read(self, n=-1):
        pipe = self.incoming
        if pipe is None:
            return b""
        closed = pipe._look(1, -1)[1]  # before taking: after that nothing more comes
        data = pipe.take(n)
        return data if data or closed or n == 0 else None

    def readinto(self, buf):
        data = self.read(len(buf))
        if data is None:
            return None
        memoryview(buf)[: len(data)] = data
        return len(data)

    def readline(self):
        """What there is, up to and with the first newline."""
        pipe = self.incoming
        if pipe is None or pipe._held:
            return self.read()
        return self.read(pipe._peek(pipe.any()).find(b"\n") + 1 or -1)

    def write(self, buf):
        pipe = self.outgoing
        try:
            if pipe is None:
                raise QueueClosed
            count = pipe.push(buf, 0, len(buf))
        except QueueClosed:
            raise OSError(EPIPE, "the other side of the pipe is closed") from None
        return count or (None if len(buf) else 0)

    def readable(self):
        """Whether a read has something to return, if only that it is the end. The pipe rings from then on if not."""
        pipe = self.incoming
        if pipe is None:
            return True
        fill, closed = pipe._look(1, -1)
        return fill > 0 or closed or len(pipe._held) > 0

    def writable(self):
        """Likewise for a write. A reader is not to wait for more if not."""
        pipe = self.outgoing
        if pipe is None:
            return True
        pipe._want = 1
        fence()  # before the look: the reader does it the other way round
        if pipe.writable():
            return True
        pipe.flush()
        return False

    def ioctl(self, request, flags):
        if request == _POLL:
            ready = _IN if flags & _IN and self.readable() else 0
            return ready | _OUT if flags & _OUT and self.writable() else ready
        if request == _CLOSE:
            self.close()
            return 0
        return -1

    def close(self):
        """Close both pipes: the other side can read what was written to it, then it is at the end."""
        for pipe in (self.incoming, self.outgoing):
            if pipe is not None:
                pipe.close()


class PipeStream(Stream):
    """See `core.Stream`; belongs to the loop whose tasks use it. Both pipes are closed with it."""

    def _readable(self):
        raw = self.s
        if self._raw is CLOSED:
            raise closed_error()
        return _Ready(None if raw.incoming is None else raw.incoming.readers, raw.readable)

    def _writable(self):
        raw = self.s
        if self._raw is CLOSED:
            raise closed_error()
        return _Ready(None if raw.outgoing is None else raw.outgoing.writers, raw.writable)


class _Ready(SharedWait):
    """Until `ready()`, for one pass at least: so a stream that is always ready leaves others their turn."""

    def __init__(self, line, ready):
        self.line = line
        self.ready = ready
        self.parked = False

    def attempt(self):
        return None if self.parked and self.ready() else PENDING

    def park(self, task):
        self.parked = True
        if self.line is None:
            task.queue.wake(task)
            return
        if self.line.any():
            raise RuntimeError("another task or thread already waits to read, or to write, this pipe; only one may")
        parked = ParkedTask(task, self.line)
        if self.ready():
            parked.try_now()


def open_stream(incoming=None, outgoing=None, e=None):
    """A Stream that reads the pipe `incoming` and writes the pipe `outgoing`; `e` is what `get_extra_info` knows."""
    return PipeStream(RawPipe(incoming, outgoing), {} if e is None else e)
