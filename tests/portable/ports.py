"""Port: a serial port in memory, for tests of what reads and writes streams, on every target."""

import io

POLL, IN, OUT = 3, 1, 4


class Port(io.IOBase):
    """A serial port: `came` are the pieces that can be read, one at a time; `sent` what was written."""

    def __init__(self, *pieces, ended=False):
        self.came = list(pieces)
        self.sent = bytearray()
        self.ended = ended
        self.error = None

    def ioctl(self, request, flags):
        if request != POLL:
            return 0
        return flags & (OUT | (IN if self.came or self.ended or self.error else 0))

    def read(self, n=-1):
        if self.error:
            raise self.error
        if not self.came:
            return b"" if self.ended else None
        piece = self.came.pop(0)
        if 0 <= n < len(piece):
            self.came.insert(0, piece[n:])
            piece = piece[:n]
        return piece

    def write(self, buf):
        self.sent.extend(buf)
        return len(buf)
