# The codes of an infrared remote control, timed by a hard interrupt.
from machine import Pin

from twincore import core as asyncio
from twincore.drivers import NEC_IR


async def main():
    receiver = NEC_IR(Pin(2, Pin.IN), lambda data, address: print(data, address), True)
    await asyncio.sleep(3)
    receiver.deinit()


asyncio.run(main())
