"""LEDs that flash each at a pace of its own, a task for each: on a simulated board with --panel, to be seen.

twincore run examples/leds.py [--panel | --virtual | --on rp2040]
"""

from machine import Pin

from twincore import core
from twincore.drivers import heartbeat

LEDS = {"LED": 200, 14: 350, 15: 500}  # pin: ms
SECONDS = 3


async def main():
    flashing = [core.create_task(heartbeat(ms, Pin(pin, Pin.OUT))) for pin, ms in LEDS.items()]
    await core.sleep(SECONDS)
    for task in flashing:
        task.cancel()  # which switches its LED off
    await core.gather(*flashing, return_exceptions=True)
    print(len(flashing), "LEDs flashed")


core.run(main())
