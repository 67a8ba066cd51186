# A cancelled read leaves what had come for the next, and the writer alone; a second reader is refused.
# asyncio differs: its streams are not made of objects with MicroPython's ioctl.
import io

from twincore import core as asyncio


class Device(io.IOBase):
    """What has come and was not read is in `incoming`; None: it has ended. `room` bytes can be written."""

    incoming = b""
    written = b""
    room = 0

    def ioctl(self, request, flags):
        ready = (1 if self.incoming != b"" else 0) | (4 if self.room else 0)
        return ready & flags if request == 3 else -1

    def read(self, n):
        if self.incoming is None:
            return b""
        if not self.incoming:
            return None
        part = self.incoming[: n if n >= 0 else None]
        self.incoming = self.incoming[len(part) :]
        return part

    def write(self, buf):
        part = bytes(buf[: self.room])
        self.written += part
        self.room -= len(part)
        return len(part)


async def main():
    device = Device()
    stream = asyncio.Stream(device)
    reader = asyncio.create_task(stream.readexactly(6))
    stream.write(b"out")
    writer = asyncio.create_task(stream.drain())
    device.incoming = b"abc"
    await asyncio.sleep_ms(5)
    try:
        await stream.read(1)
    except RuntimeError:
        print("a second reader gets a RuntimeError")
    print(device.incoming, reader.cancel())
    try:
        await reader
    except asyncio.CancelledError:
        print("CancelledError")
    print("the writer waits on:", not writer.done())
    device.incoming = b"def"
    print(await stream.readexactly(5), await stream.read(5))
    device.room = 3
    await writer
    print(device.written)


asyncio.run(main())

# prints:
# a second reader gets a RuntimeError
# b'' True
# CancelledError
# the writer waits on: True
# b'abcde' b'f'
# b'out'
