"""HalfDuplex: ask a device that speaks only when it is spoken to, such as a modem with its AT commands.

    modem = HalfDuplex(UART(1, 9600), timeout=500, until=(b"OK", b"ERROR"))
    lines = await modem.send_command("AT+CSQ")
"""

from ..core.deadline import wait_for_ms
from ..core.errors import TimeoutError
from ..core.lock import Lock
from ..core.stream import Stream
from .arguments import check_time, check_whole
from .records import RecordOrientedUart, check_bytes

QUIET_MS = 1  # without a line, and what was left from before has been read


class ResponseTooLong(Exception):
    """The device did not come to an end. `lines`: what it had sent by then."""

    def __init__(self, lines):
        super().__init__("the device sent " + str(len(lines)) + " lines and goes on: is max_lines too small?")
        self.lines = lines


class HalfDuplex:
    """`port`: a UART or another stream, or a Stream of it. For tasks of one loop; one command at a time, in turn.

    timeout, ms without a line after which the device is taken to have said all; until, a line or lines after which it
    has for sure, without their ends; ending, what ends a command; these are text or bytes. max_lines of a response;
    max_length of a line, in bytes. Raises ValueError for what is too small, TypeError for what is no text.

    `too_long` counts lines that were longer than max_length and dropped; `unasked` those that came when nobody had
    asked, which are dropped before the next command.
    """

    def __init__(self, port, timeout=4000, *, until=(), ending=b"\r\n", max_lines=100, max_length=256):
        check_time("timeout", timeout, "ms", 1)
        check_whole("max_lines", max_lines)
        self.unasked = 0
        self._stream = port if isinstance(port, Stream) else Stream(port)
        self._lines = RecordOrientedUart(self._stream, b"\n", max_length)
        self._timeout = timeout
        self._until = tuple([_encoded(line) for line in ((until,) if isinstance(until, (str, bytes)) else until)])
        self._ending = _encoded(ending)
        self._max_lines = max_lines
        self._turn = Lock()

    @property
    def too_long(self):
        """Lines that were too long, so far."""
        return self._lines.too_long

    async def send_command(self, command):
        """Send `command`, text or bytes, and return the lines that come in answer: bytes, with their ends.

        The last has none if the device stopped within it, as at a prompt. No line at all: an empty list, the device has
        not answered. None sends nothing, and listens. ResponseTooLong after max_lines; EOFError and OSError as of a
        stream. Cancelled, what comes later of the answer is dropped before the next command.
        """
        if command is not None:
            command = _encoded(command)
        async with self._turn:
            if command is not None:
                await self._drop_what_is_left()
                self._stream.write(command + self._ending)
                await self._stream.drain()
            return await self._response()

    def close(self):
        """Close the stream. Again: nothing happens."""
        self._lines.close()

    async def _response(self):
        lines = []
        while True:
            line = await self._line(self._timeout)
            if line is None:
                partial = self._lines.take_partial()
                if partial:
                    lines.append(partial)
                return lines
            lines.append(line + b"\n")
            if line.rstrip() in self._until:
                return lines
            if len(lines) == self._max_lines:
                raise ResponseTooLong(lines)

    async def _drop_what_is_left(self):
        for _ in range(self._max_lines):  # a device that never stops gets its command all the same
            if await self._line(QUIET_MS) is None:
                break
            self.unasked += 1
        if self._lines.take_partial():
            self.unasked += 1

    async def _line(self, ms):
        """The next line, None if none comes within `ms`."""
        try:
            return await wait_for_ms(self._lines.read(), ms)
        except TimeoutError as exc:
            if getattr(exc, "errno", None) is not None:  # CPython's own: the connection broke, of which silence is none
                raise
            return None


def _encoded(text):
    if isinstance(text, str):
        return text.encode()
    check_bytes("what is sent, or waited for,", text)
    return bytes(text)
