# A line ends with its newline, however it comes; the last may lack it; `async for` gives lines until the end.
# asyncio differs: its streams are not made of objects with MicroPython's ioctl.
import io

from twincore import core as asyncio


class Device(io.IOBase):
    """What has come and was not read is in `incoming`; None: it has ended."""

    incoming = b""

    def ioctl(self, request, flags):
        return flags & (1 if self.incoming != b"" else 0) if request == 3 else -1

    def readline(self):
        if self.incoming is None:
            return b""
        if not self.incoming:
            return None
        size = self.incoming.find(b"\n") + 1 or len(self.incoming)
        line = self.incoming[:size]
        self.incoming = self.incoming[size:]
        return line


async def feed(device, *pieces):
    for piece in pieces:
        await asyncio.sleep_ms(2)
        device.incoming = piece


async def main():
    device = Device()
    stream = asyncio.Stream(device)
    feeder = asyncio.create_task(feed(device, b"one\ntw", b"o\n\nthree\nfo", b"ur\nfi", b"ve", None))
    print(await stream.readline())
    print(await stream.readline())
    print(await stream.readline())
    async for line in stream:
        print(line)
    print(await stream.readline())
    await feeder


asyncio.run(main())

# prints:
# b'one\n'
# b'two\n'
# b'\n'
# b'three\n'
# b'four\n'
# b'five'
# b''
