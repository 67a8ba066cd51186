"""A device of your own as a stream, which takes and gives a character at a time: read and written as a UART is.

    twincore run examples/stream_device.py [--virtual | --on rp2040]

`Echo` plays slow hardware: what is written to it takes a while, and can then be read back. Its timer interrupts.
A stream needs `ioctl`, which tells whether there is something to read, or room to write; `write`, `read`, `readline`.
"""

import io

from machine import Timer

from twincore import core

POLL = 3  # a request of `ioctl`
READABLE, WRITABLE = 1, 4
EINVAL = -1
PERIOD = 10  # ms


class Echo(io.IOBase):
    """One character on its way, and one to be read."""

    def __init__(self):
        self._going = None  # written by tasks while it is None, by the interrupt while it is not
        self._there = None  # the other way round
        self._timer = Timer(period=PERIOD, callback=self._tick)

    def _tick(self, _):
        """In an interrupt: the hardware has sent one character, and got it back."""
        if self._going is not None and self._there is None:
            self._there = self._going
            self._going = None

    def ioctl(self, request, flags):
        if request != POLL:
            return EINVAL
        ready = 0
        if self._there is not None:
            ready |= READABLE
        if self._going is None:
            ready |= WRITABLE
        return ready & flags

    def write(self, data):
        """How many were taken: one or, as the stream asks only when there is room, for a moment none."""
        if self._going is not None:
            return None
        self._going = data[0]
        return 1

    def read(self, count=-1):
        there = self._there
        if there is None:
            return None
        self._there = None
        return bytes([there])

    def readline(self):
        return self.read(1)

    def close(self):
        self._timer.deinit()


async def send(stream, lines):
    for line in lines:
        stream.write(line)
        await stream.drain()


async def main():
    device = Echo()
    stream = core.Stream(device)
    lines = [b"hello\n", b"a character at a time\n"]
    sending = core.create_task(send(stream, lines))
    for line in lines:
        got = await core.wait_for(stream.readline(), 10)
        print("received", got)
        assert got == line
    await sending
    device.close()


core.run(main())
