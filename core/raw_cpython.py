"""What Stream stands on, on CPython: sockets, descriptors and Python objects, each with MicroPython's stream calls.

`read(n)`, `readinto(buf)` and `write(buf)` never block: they return None if nothing can be done now. On MicroPython
the stream objects themselves are like this and nothing of this module is needed.
"""

import errno
import io
import os

LARGEST = 1 << 18  # bytes in one read: what a caller asks for is reserved before anything has come
SHARED = 2  # descriptors up to this belong to the terminal or parent too: O_NONBLOCK there would break `print`
ATOMIC = 512  # bytes that fit for sure once such a descriptor is ready to be written (POSIX's least PIPE_BUF)


class RawSocket:
    """A socket, made non-blocking."""

    eager = False

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.close = sock.close

    def read(self, n):
        try:
            return self.sock.recv(n if 0 <= n < LARGEST else LARGEST)
        except (BlockingIOError, InterruptedError):
            return None

    def readinto(self, buf):
        try:
            return self.sock.recv_into(buf)
        except (BlockingIOError, InterruptedError):
            return None

    def write(self, buf):
        try:
            return self.sock.send(buf)
        except (BlockingIOError, InterruptedError):
            return None


class RawDescriptor:
    """A pipe, terminal, serial port or other descriptor: its number, or an object with `fileno()`.

    Made non-blocking, but for standard input, output and error, which other processes share: those are read and
    written only when they are ready, and written a little at a time. An object's own buffer is passed by.
    """

    eager = False

    def __init__(self, owner):
        self.owner = owner
        self.fd = owner if isinstance(owner, int) else owner.fileno()
        self.shared = 0 <= self.fd <= SHARED
        if not self.shared:
            os.set_blocking(self.fd, False)

    def read(self, n):
        try:
            return os.read(self.fd, n if 0 <= n < LARGEST else LARGEST)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as exc:
            if exc.errno == errno.EIO and _terminal(self.fd):  # how Linux says that a pty's other side was closed
                return b""
            raise

    def readinto(self, buf):
        with memoryview(buf).cast("B") as view:
            data = self.read(len(view))
            if data is None:
                return None
            view[: len(data)] = data
            return len(data)

    def write(self, buf):
        try:
            return os.write(self.fd, memoryview(buf)[:ATOMIC] if self.shared else buf)
        except (BlockingIOError, InterruptedError):
            return None

    def close(self):
        if isinstance(self.owner, int):
            os.close(self.owner)
        else:
            self.owner.close()


class RawObject:
    """A Python object with MicroPython's `ioctl` protocol: see io_queue."""

    eager = False

    def __init__(self, stream):
        self._close = getattr(stream, "close", None)
        for name in ("read", "readinto", "readline", "write"):
            if hasattr(stream, name) and getattr(type(stream), name, None) is not io.IOBase.readline:  # that one blocks
                setattr(self, name, getattr(stream, name))

    def close(self):
        if self._close is not None:
            self._close()


def _terminal(fd):
    try:
        return os.isatty(fd) or os.ptsname(fd) is not None
    except (OSError, AttributeError):
        return True  # a master whose slave is gone may answer EIO to this too


def raw(s):
    """The raw stream of `s`. TypeError if it is none."""
    if hasattr(s, "ioctl"):
        return RawObject(s)
    if hasattr(s, "pending") and hasattr(s, "do_handshake"):
        from .tls_cpython import RawTls

        return RawTls(s)
    if hasattr(s, "recv_into"):
        return RawSocket(s)
    if isinstance(s, int) or hasattr(s, "fileno"):
        return RawDescriptor(s)
    raise TypeError(
        "a Stream needs a socket, a descriptor, an object with fileno(), or one with MicroPython's ioctl(); not "
        + type(s).__name__
    )
