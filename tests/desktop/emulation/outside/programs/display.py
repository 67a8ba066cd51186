# An HD44780 display on six pins: see the test for what it shows.
from machine import Pin

from twincore import core as asyncio
from twincore.drivers import LCD

PINS = (16, 17, 18, 19, 20, 21)


async def main():
    lcd = LCD([Pin(number, Pin.OUT) for number in PINS], 16, 2)
    lcd[0] = "both cores"
    lcd[1] = "25.0 degrees"
    await lcd.flush()
    print(list(lcd))


asyncio.run(main())
