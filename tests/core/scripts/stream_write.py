# write sends at once what the line takes, drain the rest; what is written while another task drains is sent, too.
# asyncio differs: its streams are not made of objects with MicroPython's ioctl.
import io

from twincore import core as asyncio


class Device(io.IOBase):
    """`room` bytes can be written."""

    written = b""
    room = 0

    def ioctl(self, request, flags):
        return flags & (4 if self.room else 0) if request == 3 else -1

    def write(self, buf):
        part = bytes(buf[: self.room])
        self.written += part
        self.room -= len(part)
        return len(part)


async def drain(stream):
    await stream.drain()
    print("drained")


async def main():
    device = Device()
    stream = asyncio.Stream(device)
    device.room = 3
    stream.write(b"abcdef")
    print(device.written)
    drainer = asyncio.create_task(drain(stream))
    await asyncio.sleep_ms(2)
    stream.write(b"ghi")
    device.room = 2
    await asyncio.sleep_ms(5)
    print(device.written, drainer.done())
    device.room = 100
    await drainer
    await stream.drain()
    print(device.written)


asyncio.run(main())

# prints:
# b'abc'
# b'abcde' False
# drained
# b'abcdefghi'
