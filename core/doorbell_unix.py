"""The doorbell on MicroPython's unix port: a descriptor in poll.

An eventfd, or else a pipe, through `ffi`; or else a UDP socket that sends to itself. Never an object with an `ioctl`
written in Python: one of those makes each poll of this port cost 1 ms.
"""

import select

from .armed import Armed
from .native import fence


def _descriptors():
    """(descriptor or socket to poll, functions that make it readable, empty it, give it back)."""
    try:
        import ffi

        libc = ffi.open("libc.so.6")
        read = libc.func("i", "read", "iPi")
        write = libc.func("i", "write", "iPi")
        close = libc.func("i", "close", "i")
        one = bytearray((1, 0, 0, 0, 0, 0, 0, 0))
        sink = bytearray(64)
        try:
            eventfd = libc.func("i", "eventfd", "ii")(0, 0o2004000)  # non-blocking, close on exec
            reading = writing = eventfd
        except OSError:
            pair = bytearray(8)
            if libc.func("i", "pipe2", "Pi")(pair, 0o2004000) < 0:
                raise OSError("no pipe") from None
            reading = int.from_bytes(pair[:4], "little")
            writing = int.from_bytes(pair[4:], "little")
        if reading < 0:
            raise OSError("no eventfd")

        def give_back():
            close(reading)
            if writing != reading:
                close(writing)

        return reading, lambda: write(writing, one, 8), lambda: read(reading, sink, 64), give_back
    except (ImportError, OSError):
        return _udp()


def _udp():
    import socket

    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for port in range(49152, 65535):  # this port has no getsockname, so the system can't choose one for us
        own = socket.getaddrinfo("127.0.0.1", port)[0][-1]
        try:
            sock.bind(own)
            break
        except OSError:
            pass
    else:
        raise OSError("no free UDP port for the doorbell")
    sock.setblocking(False)

    def drain():
        try:
            sock.recv(64)
        except OSError:
            pass

    return sock, lambda: sock.sendto(b"1", own), drain, sock.close


class Doorbell(Armed):
    """See the module `doorbell` for the contract."""

    def __init__(self):
        Armed.__init__(self)
        self._asleep = False
        self.poll = select.poll()
        self._open()
        self.poll.ipoll(0)  # makes what each ipoll returns: the first sleep is to allocate as little as the others
        self.on_stream = None  # called with (stream, events), not to be kept, for what else is in `poll`

    def _open(self):
        self._pollable, self._wake, self._drain, self._give_back = _descriptors()
        self.poll.register(self._pollable, select.POLLIN)

    def arm(self, cell):
        Armed.arm(self, cell)
        fence()

    def ring(self, cell):
        cell.rung = True
        self.pending = True
        fence()
        if self._asleep:
            self._wake()

    def wake(self):
        """End the owner's sleep, now or the next. Any context."""
        self.pending = True
        fence()
        if self._asleep:
            self._wake()

    def sleep(self, timeout):
        """Sleep for `timeout` milliseconds at most (-1: no limit), or until rung. Owner only."""
        if self._pollable is None:
            self._open()
        self._asleep = True
        fence()
        try:
            for ready in self.poll.ipoll(0 if self.pending else timeout):
                if ready[0] is self._pollable:
                    self._drain()
                else:
                    self.on_stream(ready)
        finally:
            self._asleep = False

    sleep_watching = sleep  # or until a stream in `poll` has something to say

    def close(self):
        """Give the descriptor back, until the next sleep. Owner only."""
        if self._pollable is not None:
            self.poll.unregister(self._pollable)
            self._pollable = None
            self._give_back()
