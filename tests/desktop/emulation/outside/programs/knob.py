# A rotary encoder with bouncing contacts.
from machine import Pin

from twincore import core as asyncio
from twincore.primitives import Encoder

positions = []


async def main():
    encoder = Encoder(Pin(11, Pin.IN), Pin(12, Pin.IN), div=4, callback=lambda value, delta: positions.append(value))
    await asyncio.sleep(3)
    print(positions[-1], max(positions), min(positions))
    encoder.deinit()


asyncio.run(main())
