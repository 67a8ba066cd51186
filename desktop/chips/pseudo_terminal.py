"""A pseudo terminal, raw: a device file of this machine that a program opens as a serial port. POSIX only."""

from __future__ import annotations

import os
import sys


class PseudoTerminal:
    """Its device file is `name`; what is sent to it waits there to be read, as far as the system's buffer takes it.

    Any thread. Raises OSError where there are none, as on Windows.
    """

    def __init__(self) -> None:
        try:
            import tty
        except ImportError:
            raise OSError("this system has no pseudo terminals: use a UART of the board") from None
        self.lost = 0  # bytes for which there was no room, as nobody read
        self._master, self._slave = os.openpty()
        # Ours stays open, so that a reader may come and go: with no end open, writing would fail.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)
        self.closed = False

    def send(self, data: bytes) -> None:
        """Write `data`, without waiting."""
        try:
            written = os.write(self._master, data)
        except BlockingIOError:
            written = 0
        self.lost += len(data) - written

    def received(self) -> bytes:
        """What a program has written to it since the last call."""
        try:
            return os.read(self._master, 4096)
        except BlockingIOError:
            return b""

    def unread(self) -> int:
        """How many bytes wait there to be read."""
        import fcntl
        import termios

        return int.from_bytes(fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)), sys.byteorder)

    def fileno(self) -> int:
        """The descriptor, to wait for what a program writes."""
        return self._master

    def close(self) -> None:
        """The device file is gone. Again: nothing happens."""
        if not self.closed:
            self.closed = True
            os.close(self._master)
            os.close(self._slave)
