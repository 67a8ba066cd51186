"""A simulated UART's other end on this machine: a pseudo terminal for desktop programs, or a real serial port.

Bytes to the board come at the speed of its UART; bytes from the board leave as it sends them. Real time only: what is
outside does not wait for a time that jumps. Each has a thread that reads, which `close` ends.
"""

from __future__ import annotations

import importlib
import os
import selectors
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..chips.pseudo_terminal import PseudoTerminal

if TYPE_CHECKING:
    from ..board.buses import SerialPort

GRACE = 0.5  # seconds in which a port that cannot be told to stop reading sees that it is to end


class PtyLink:
    """`port` is at the other end of a pseudo terminal (POSIX): `path` is what a desktop program opens.

    Args: link, a file name that shall lead to it, made here and removed by `close`. OSError if it cannot be made.
    """

    def __init__(self, port: SerialPort, link: Path | None = None) -> None:
        self._port = port
        self._pty = PseudoTerminal()
        self._link = link
        self._ended, self._end = os.pipe()
        try:
            if link is not None:
                if link.is_symlink():  # one that a killed run has left
                    link.unlink()
                link.symlink_to(self._pty.name)
        except OSError:
            self._close_files()
            raise
        self.path = str(link or self._pty.name)
        port.on_byte.append(self._send)
        self._thread = threading.Thread(target=self._read, name=f"{port.name}: pseudo terminal", daemon=True)
        self._thread.start()

    def state(self) -> dict[str, str]:
        return {"at": self.path, "lost": str(self._pty.lost)}

    def _send(self, byte: int) -> None:
        self._pty.send(bytes((byte,)))

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._pty, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                ready = [key.fd for key, _ in selector.select()]
                if self._ended in ready:
                    return
                self._port.feed(self._pty.received())

    def close(self) -> None:
        if self._pty.closed:
            return
        self._port.on_byte.remove(self._send)
        os.write(self._end, b"x")
        self._thread.join()
        self._close_files()
        if self._link is not None and self._link.is_symlink():
            self._link.unlink()

    def _close_files(self) -> None:
        self._pty.close()
        os.close(self._ended)
        os.close(self._end)


class RealPort:
    """`port` is at the other end of a serial port of this machine, `url` as pyserial has it: a device, socket://...

    Args: baudrate, of the real port until the board sends; from then on the board's; tell, called with a line if the
    port fails, as when it is unplugged: then nothing more is sent and received. Needs pyserial: ImportError, and its
    SerialException (an OSError) or ValueError if the port cannot be opened.
    """

    def __init__(
        self, port: SerialPort, url: str, baudrate: int = 115_200, tell: Callable[[str], object] = print
    ) -> None:
        self._port = port
        self._url = url
        serial = importlib.import_module("serial")
        self._serial: Any = serial.serial_for_url(url, baudrate=baudrate)
        self._cancel = getattr(self._serial, "cancel_read", None)
        self._serial.timeout = None if self._cancel is not None else GRACE
        self._closed = False
        self._tell = tell
        self._failing = threading.Lock()
        self.failure = ""
        port.on_byte.append(self._send)
        self._thread = threading.Thread(target=self._read, name=f"{port.name}: {url}", daemon=True)
        self._thread.start()

    def state(self) -> dict[str, str]:
        return {"port": self._url, **({"failed": self.failure} if self.failure else {})}

    def _send(self, byte: int) -> None:
        if self.failure:
            return
        try:
            if self._serial.baudrate != self._port.baudrate:
                self._serial.baudrate = self._port.baudrate
            self._serial.write(bytes((byte,)))
        except Exception as error:
            self._failed(error)

    def _read(self) -> None:
        while not self._closed:
            try:
                data = self._serial.read(1)
                if data:
                    self._port.feed(data + self._serial.read(self._serial.in_waiting))
            except Exception as error:
                self._failed(error)
                return

    def _failed(self, error: Exception) -> None:
        """It was unplugged, as a rule: pyserial raises what its platform does. Told once, by whoever sees it first."""
        with self._failing:
            first, self.failure = not self.failure and not self._closed, str(error)
        if first:
            self._tell(f"{self._port.name}: {self._url} failed: {error}\n")

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._port.on_byte.remove(self._send)
        if self._cancel is not None:
            self._cancel()
        self._thread.join(2 * GRACE)
        self._serial.close()
