# An HTU21D on I2C: readings, a wrong checksum, a chip that goes and comes back, one that is not there.
from machine import I2C, Pin

from twincore import core as asyncio
from twincore.drivers import HTU21D

bus = I2C(0, scl=Pin(5), sda=Pin(4))
print(bus.scan())


async def main():
    try:
        HTU21D(bus, address=0x41)
    except OSError as error:
        text = str(error)
        print(error.errno, "0x41" in text and "I2C(0" in text)
    sensor = HTU21D(bus, read_delay=1)
    seen = []
    async for temperature, humidity in sensor:
        reading = (round(temperature, 1), round(humidity, 1))
        if not seen or seen[-1] != reading:
            seen.append(reading)
            print(reading, sensor.crc_errors)
        if sensor.bus_errors:
            break
    print("was away, and is back", sensor.error)
    sensor.deinit()


asyncio.run(main())
