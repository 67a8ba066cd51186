"""HTU21D: humidity and temperature, measured by a task that outlives errors of the bus and of the chip.

    htu = HTU21D(I2C(0), read_delay=10)
    async for temperature, humidity in htu:
        print(temperature, humidity)

From the data sheet HPC199 of the HTU21D(F): commands, times, formulas and the checksum.
"""

from collections import namedtuple

from ..core.context import create_task, get_event_loop
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.sleep import sleep_ms
from ..primitives.calling import end
from .arguments import check_time
from .home import check_home

if MICROPYTHON:
    from time import ticks_diff, ticks_ms

ADDRESS = 0x40
TEMPERATURE, HUMIDITY, READ_REGISTER, RESET = b"\xf3", b"\xf5", b"\xe7", b"\xfe"
TEMPERATURE_MS, HUMIDITY_MS, RESET_MS = 52, 18, 17  # 50, 16 and 15 at most, and what a clock of 1 ms takes off a sleep
RETRY_MS = 1000  # from a failure to the next attempt, unless readings are more frequent
LOOKS = 200  # for the chip: each takes milliseconds, and no clock may be needed to end them
ENODEV = 19

Reading = namedtuple("Reading", ("temperature", "humidity"))  # degrees Celsius, percent


class BadChecksum(OSError):
    """What came from the chip is not what it sent."""


class HTU21D:
    """The chip at `address` of `i2c`, a machine.I2C, read each `read_delay` seconds.

    Raises OSError, naming bus and address, if nothing answers there, which takes 50 ms to say; ValueError for numbers
    out of range.
    `temperature` (Celsius) and `humidity` (percent) are the last good reading, None before the first. As the data sheet
    has it, humidity may come out a little below 0 or above 100. `error` is None, or why the last attempt failed: an
    OSError, of which BadChecksum is one. Then the values are old, `age()` says how old, and the chip is tried again
    each second or, if that is shorter, each `read_delay`. It may go away and come back. `readings`, `bus_errors` and
    `crc_errors` count.

    All of it is for tasks of the loop in which it was made. `await htu` waits for the first reading, and returns the
    last. `async for` gives each task the latest Reading when there is one that it has not seen, and ends at `deinit`;
    what waits otherwise gets RuntimeError then.
    """

    def __init__(self, i2c, read_delay=10, address=ADDRESS):
        check_time("read_delay", read_delay)
        if not isinstance(address, int):
            raise TypeError("an I2C address is a whole number, not " + repr(address))
        if not 0x08 <= address <= 0x77:
            raise ValueError("an I2C address is 0x08 to 0x77, not " + hex(address))
        if not hasattr(i2c, "scan"):
            raise TypeError("i2c is a machine.I2C, not " + repr(i2c))
        self.temperature = None
        self.humidity = None
        self.error = None
        self.readings = 0
        self.bus_errors = 0
        self.crc_errors = 0
        self._i2c = i2c
        self._address = address
        self._delay_ms = max(1, int(read_delay * 1000))
        self._loop = get_event_loop()
        self._age = 0  # of the reading, in ms, at `_marked`
        self._marked = 0
        self._buf = bytearray(3)
        self._changed = Event()
        self._closed = False
        self._find()
        self._task = create_task(self._run())

    def age(self):
        """Milliseconds since the last good reading, None before the first."""
        return self._age + self._since(self._marked) if self.readings else None

    def user_register(self):
        """The user register, 8 bits: resolution, low battery, heater. OSError, also while the chip is measuring."""
        self._check()
        self._i2c.writeto(self._address, READ_REGISTER)
        return self._i2c.readfrom(self._address, 1)[0]

    async def wait(self):
        """Until there is a reading; returns the last. RuntimeError after `deinit`."""
        self._check()
        while not self.readings:
            await self._changed.wait()
            self._check()
        return Reading(self.temperature, self.humidity)

    def __await__(self):
        return self.wait().__await__()

    def __iter__(self):  # what MicroPython's `await` calls
        return self.wait()

    def __aiter__(self):
        self._check()
        return _Reader(self)

    def deinit(self):
        """End it: no task is left. The last reading stays. Again: nothing happens."""
        if not self._closed:
            end(self._task)
            self._close()

    def _find(self):
        """Make sure that it is there. One that an earlier program has left measuring does not answer for a while."""
        start = self._now()
        looks = 0
        while self._address not in self._i2c.scan():
            looks += 1
            if looks == LOOKS or self._since(start) > TEMPERATURE_MS:
                raise OSError(ENODEV, "no HTU21D at address " + hex(self._address) + " of " + str(self._i2c))

    def _close(self):
        self._closed = True
        self._changed.set()

    def _check(self):
        if self._closed:
            raise RuntimeError("this HTU21D was ended by deinit(), or with its loop")
        check_home(self._loop, "this HTU21D")

    def _now(self):
        return ticks_ms() if MICROPYTHON else self._loop.clock.now() // 1000

    def _since(self, when):
        now = self._now()
        return ticks_diff(now, when) if MICROPYTHON else now - when

    async def _run(self):
        try:
            await self._reset()
            while True:
                await sleep_ms(await self._attempt())
        finally:
            self._close()

    async def _reset(self):
        """End what an earlier program began. A chip that can't hear it now will fail, or not, at the first attempt."""
        try:
            self._i2c.writeto(self._address, RESET)
        except OSError as error:
            self._failed(error)
        await sleep_ms(RESET_MS)

    async def _attempt(self):
        """Measure both. Returns in how many ms to do it again."""
        try:
            temperature = -46.85 + 175.72 * await self._measure(TEMPERATURE, TEMPERATURE_MS, 0) / 65536
            humidity = -6 + 125 * await self._measure(HUMIDITY, HUMIDITY_MS, 2) / 65536
        except OSError as error:
            self._failed(error)
            return min(RETRY_MS, self._delay_ms)
        self.temperature = temperature
        self.humidity = humidity
        self.error = None
        self._age = 0
        self._marked = self._now()
        self.readings += 1
        self._changed.set()
        self._changed.clear()
        return self._delay_ms

    def _failed(self, error):
        if isinstance(error, BadChecksum):
            self.crc_errors += 1
        else:
            self.bus_errors += 1
        self.error = error
        self._age += self._since(self._marked)  # before a board's ticks are too far from it to be compared
        self._marked = self._now()

    async def _measure(self, command, ms, kind):
        """The 14 bits, or fewer, of a measurement, at the top of 16. OSError, BadChecksum."""
        self._i2c.writeto(self._address, command)
        await sleep_ms(ms)
        buf = self._buf
        self._i2c.readfrom_into(self._address, buf)
        if crc8(buf) or buf[1] & 2 != kind:
            raise BadChecksum(str(bytes(buf)) + " from the HTU21D at " + hex(self._address) + " is damaged")
        return buf[0] << 8 | buf[1] & 0xFC


class _Reader:
    """One task's `async for`."""

    def __init__(self, htu):
        self._htu = htu
        self._seen = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        htu = self._htu
        while self._seen == htu.readings:
            if htu._closed:
                raise StopAsyncIteration
            await htu._changed.wait()
        self._seen = htu.readings
        return Reading(htu.temperature, htu.humidity)


def crc8(data):
    """The checksum of `data`, by x^8 + x^5 + x^4 + 1 from 0; 0 if its own checksum is the last byte of it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x131) if crc & 0x80 else crc << 1
    return crc
