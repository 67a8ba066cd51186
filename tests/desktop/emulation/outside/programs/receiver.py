# A satellite receiver on a UART, and its pulses.
from machine import UART, Pin

from twincore import core as asyncio
from twincore.drivers import AS_GPS

uart = UART(0, 9600)
pulses = []
Pin(22, Pin.IN).irq(lambda pin: pulses.append(1), Pin.IRQ_RISING)


async def main():
    gps = AS_GPS(asyncio.StreamReader(uart))
    await gps.data_received(position=True, course=True, altitude=True)
    print(gps.latitude_string(), gps.longitude_string(), gps.altitude)
    await asyncio.sleep(4)
    print(gps.time_string(), gps.satellites_in_use, gps.crc_fails, len(pulses))
    uart.write("$PMTK220,200*2C\r\n")
    await asyncio.sleep(1)


asyncio.run(main())
