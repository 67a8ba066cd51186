# read gives up to n bytes as soon as there are any, read() all until the end, and at the end there is b"".
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
        print("came", piece)


async def main():
    device = Device()
    stream = asyncio.Stream(device)
    feeder = asyncio.create_task(feed(device, b"abcdef", b"gh", b"ij", None))
    print(await stream.read(4))
    print(await stream.read(4))
    print(await stream.read(0))
    print(await stream.read(100))
    print(await stream.read())
    print(await stream.read(), await stream.read(5), stream.at_eof())
    await feeder


asyncio.run(main())

# prints:
# came b'abcdef'
# b'abcd'
# b'ef'
# b''
# came b'gh'
# b'gh'
# came b'ij'
# came None
# b'ij'
# b'' b'' True
