# readexactly gives n bytes however they come; at an early end it raises an EOFError that has what came.
# asyncio differs: its streams are not made of objects with MicroPython's ioctl.
import io

from twincore import core as asyncio


class Device(io.IOBase):
    """What has come and was not read is in `incoming`; None: it has ended."""

    incoming = b""

    def ioctl(self, request, flags):
        return flags & (1 if self.incoming != b"" else 0) if request == 3 else -1

    def read(self, n):
        if self.incoming is None:
            return b""
        if not self.incoming:
            return None
        part = self.incoming[: n if n >= 0 else None]
        self.incoming = self.incoming[len(part) :]
        return part


async def feed(device, *pieces):
    for piece in pieces:
        await asyncio.sleep_ms(2)
        device.incoming = piece


async def main():
    device = Device()
    stream = asyncio.Stream(device)
    feeder = asyncio.create_task(feed(device, b"abc", b"defg", b"hi", None))
    print(await stream.readexactly(2))
    print(await stream.readexactly(4))
    print(await stream.readexactly(0))
    try:
        await stream.readexactly(4)
    except EOFError as error:
        print("EOFError", error.partial, error.expected)
    try:
        await stream.readexactly(-1)
    except ValueError:
        print("ValueError")
    await feeder


asyncio.run(main())

# prints:
# b'ab'
# b'cdef'
# b''
# EOFError b'ghi' 4
# ValueError
