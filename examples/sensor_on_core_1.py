"""A blocking sensor driver, as it is, on the second core: the same file on CPython, MicroPython unix and an RP2040.

`Thermometer` is written as such drivers are: it starts a conversion, sleeps until that is over, reads the answer, and
raises when the wire is bad. `Polled` runs it on a worker, a thread or core 1; what it returns or raises arrives in a
ThreadSafeQueue. A heartbeat task shows that the scheduler never waited for it. With chips there are none of here it is
played by a formula; on a board put the read function of your own driver in its place.

    twincore run examples/sensor_on_core_1.py [--on cpython|micropython|rp2040]
"""

import time

from twincore import core
from twincore.drivers import FailedReading, Polled
from twincore.threadsafe import ThreadSafeQueue

READINGS = 12
CONVERSION = 0.04  # seconds in which the driver does nothing but wait


class Thermometer:
    """A driver that knows nothing of tasks."""

    def __init__(self):
        self.conversions = 0

    def read_temperature(self):
        """Degrees Celsius. Takes 40 ms; OSError if the answer is damaged, as each fourth one is."""
        self.conversions += 1
        time.sleep(CONVERSION)
        if self.conversions % 4 == 0:
            raise OSError("the answer is damaged")
        return 20 + self.conversions


async def heartbeat(beats):
    while True:
        beats.append(1)
        await core.sleep_ms(5)


async def main():
    sensor = Thermometer()
    readings = ThreadSafeQueue(4, overflow="drop_oldest")
    beats = []
    pulse = core.create_task(heartbeat(beats))
    good, bad = [], []
    async with Polled(sensor.read_temperature, 0.05, readings) as polled:
        while len(good) + len(bad) < READINGS:
            reading = await readings.get()
            if isinstance(reading, FailedReading):
                bad.append(reading)
            else:
                good.append(reading)
    pulse.cancel()
    for reading in good[:3]:
        print("temperature", reading)
    print("failed", bad[0].error)
    assert good == [20 + n for n in range(1, READINGS + 1) if n % 4], good
    assert len(bad) == READINGS // 4
    assert len(beats) > READINGS, len(beats)
    assert polled.missed == readings.dropped == 0
    print(len(good), "readings and", len(bad), "errors from core 1; core 0's heart beat", len(beats), "times meanwhile")


core.run(main())
