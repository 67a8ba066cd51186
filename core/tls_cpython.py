"""TLS for Stream, on CPython: a handshake that tasks wait for, and a raw stream over an `ssl.SSLSocket`."""

import ssl

from .context import get_event_loop

LARGEST = 1 << 16


class RawTls:
    """An SSLSocket whose handshake is done, made non-blocking.

    What was decrypted and not read yet no system call sees: `eager` tells of it. A read that must send first, or a
    write that must receive (a change of keys), is tried again when the stream is next ready for what it is named after.
    """

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock

    def eager(self):
        return self.sock.pending() > 0

    def read(self, n):
        try:
            return self.sock.recv(n if 0 <= n < LARGEST else LARGEST)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def readinto(self, buf):
        try:
            return self.sock.recv_into(buf)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def write(self, buf):
        try:
            return self.sock.send(buf)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def close(self):
        """Tell the other side that this is the end, which it can't tell from a line that was cut otherwise; and close."""
        try:
            self.sock.unwrap()
        except (OSError, ValueError):  # as a rule: the other side has not said so yet, which nobody waits for
            pass
        finally:
            self.sock.close()


async def handshake(sock):
    """Agree on keys with the other side of `sock`, a non-blocking SSLSocket. SSLError if that fails."""
    loop = get_event_loop()
    while True:
        try:
            sock.do_handshake()
            return
        except ssl.SSLWantReadError:
            await loop.queue_read(sock)
        except ssl.SSLWantWriteError:
            await loop.queue_write(sock)
