"""RecordOrientedUart: whole records over a UART or another stream, each with a delimiter behind it.

    records = RecordOrientedUart(UART(0, 9600))
    await records.send_record(b"hello")
    async for record in records:
        ...
"""

from ..core.stream import Stream
from ..core.stream_errors import IncompleteReadError
from .arguments import check_whole

CHUNK = 64  # bytes of one read


class RecordOrientedUart:
    """`port`: a UART, a socket, another stream, or a Stream of them. For tasks of one loop, one of which reads.

    delimiter, what is behind each record, and in none; max_length, the bytes of the longest: of one that comes longer
    nothing is kept, and it counts in `too_long`. What has come of a record stays when the task that waits for it is
    cancelled; `take_partial` gives it up. ValueError for an empty delimiter and a max_length below 1, TypeError for
    what is not bytes.

    `await records` returns the next record, without its delimiter, which `read_record()` gives once more.
    IncompleteReadError, an EOFError, if the stream ends first, with what had come; OSError if it breaks or after
    `close`. `async for` ends when the stream does.
    """

    def __init__(self, port, delimiter=b"\0", max_length=256):
        check_bytes("delimiter", delimiter)
        if not delimiter:
            raise ValueError("a delimiter is one byte or more: without one no record would end")
        check_whole("max_length", max_length, 1, " byte")
        self.too_long = 0
        self._stream = port if isinstance(port, Stream) else Stream(port)
        self._delimiter = bytes(delimiter)
        self._max_length = max_length
        self._held = bytearray()  # what has come and was not taken
        self._searched = 0  # bytes of it that no delimiter begins in
        self._skipping = False  # of a record that is too long, until it ends
        self._last = None

    async def read(self):
        """As `await records`; a coroutine, for `wait_for`."""
        while True:
            record = self._next()
            if record is not None:
                self._last = record
                return record
            # A record is taken from what has come without a wait in between, so that a cancel loses nothing
            chunk = await self._stream.read(CHUNK)
            if not chunk:
                raise IncompleteReadError(self.take_partial(), None)
            self._held.extend(chunk)

    def read_record(self):
        """The record that was read last, None before the first."""
        return self._last

    def take_partial(self):
        """What has come of a record that is not complete, and is none any more: b"" if nothing has, or too much."""
        partial = b"" if self._skipping else bytes(self._held)
        self._held = bytearray()
        self._searched = 0
        return partial

    def __await__(self):
        return self.read().__await__()

    def __iter__(self):  # MicroPython's await
        return self.read()

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self.read()
        except IncompleteReadError:
            raise StopAsyncIteration from None

    async def send_record(self, data):
        """Send `data`, bytes, and the delimiter; returns when both are with the system. ValueError if it is too long
        or there is a delimiter in it, OSError if the stream broke or is closed."""
        check_bytes("a record", data)
        record = bytes(data) + self._delimiter
        if record.find(self._delimiter) != len(record) - len(self._delimiter):
            raise ValueError("there is a delimiter in the record: " + repr(self._delimiter) + " would end it early")
        if len(data) > self._max_length:
            raise ValueError("a record has " + str(self._max_length) + " bytes at the most, not " + str(len(data)))
        self._stream.write(record)
        await self._stream.drain()

    def close(self):
        """Close the stream: who reads gets an OSError. Again: nothing happens."""
        self._stream.close()

    def _next(self):
        """The next record of those that are there; None if none is complete."""
        held = self._held
        while True:
            end = held.find(self._delimiter, self._searched)
            if end < 0:
                rest = len(held) - len(self._delimiter) + 1
                self._searched = max(0, rest)
                if rest > self._max_length:
                    self._skip(rest)
                return None
            record = bytes(held[:end])
            self._held = held = held[end + len(self._delimiter) :]
            self._searched = 0
            if self._skipping:
                self._skipping = False
            elif end > self._max_length:
                self.too_long += 1
            else:
                return record

    def _skip(self, count):
        """Forget `count` bytes of a record that is too long, but not what its delimiter may begin with."""
        if not self._skipping:
            self._skipping = True
            self.too_long += 1
        self._held = self._held[count:]
        self._searched = 0


def check_bytes(name, data):
    """TypeError if `data` is text, or a number, of which `bytes` would make so many zeros."""
    if isinstance(data, (str, int)):
        raise TypeError(name + " is bytes, not " + repr(data))
