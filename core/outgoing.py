"""What a Stream still has to send: pieces in order, none copied twice. Scheduler side only."""

from .native import MICROPYTHON

PIECE = 256 if MICROPYTHON else 1 << 12  # bytes: short writes are collected in pieces of about this size


class Outgoing:
    """A queue of bytes: `add` at the end, send `first()`, `drop` what was sent."""

    def __init__(self):
        self.added = 0  # bytes, ever
        self.sent = 0
        self._pieces = []
        self._head = 0  # the first piece that is left
        self._offset = 0  # what of it is sent
        self._growing = None  # the last piece, if it is a bytearray of our own

    def left(self):
        """How many bytes are to be sent."""
        return self.added - self.sent

    def add(self, buf, start, copy):
        """Append `buf` from `start` on; without `copy`, `buf` itself is held."""
        size = len(buf) - start
        if not size:
            return
        self.added += size
        pieces = self._pieces
        if not copy:
            self._growing = None
            pieces.append(memoryview(buf)[start:] if start else buf)
            return
        if start:
            buf = memoryview(buf)[start:]
        if self._growing is not None and len(self._growing) < PIECE:
            self._growing.extend(buf)
            return
        self._growing = bytearray(buf) if size < PIECE else None
        pieces.append(bytes(buf) if self._growing is None else self._growing)

    def first(self):
        """The first bytes to send, without a copy."""
        piece = self._pieces[self._head]
        return memoryview(piece)[self._offset :] if self._offset else piece

    def drop(self, count):
        """`count` of the bytes of `first()` are sent."""
        self.sent += count
        self._offset += count
        pieces = self._pieces
        if self._offset < len(pieces[self._head]):
            return
        self._offset = 0
        if pieces[self._head] is self._growing:
            self._growing = None
        pieces[self._head] = None
        self._head += 1
        if self._head * 2 >= len(pieces):  # seldom enough: moving the rest costs as little as taking what came before
            del pieces[: self._head]
            self._head = 0

    def clear(self):
        """Forget all of it."""
        self.sent = self.added
        self._pieces = []
        self._head = self._offset = 0
        self._growing = None


def as_bytes(buf):
    """`buf` as an object whose length is its number of bytes; str is encoded."""
    if isinstance(buf, str):
        return buf.encode()
    if isinstance(buf, (bytes, bytearray)):
        return buf
    if not MICROPYTHON:
        return memoryview(buf).cast("B")
    return buf if isinstance(buf, memoryview) else bytes(buf)
