"""An HTU21D(F), the humidity and temperature sensor of Measurement Specialties (TE), on an I2C bus.

From its data sheet HPC199: the commands ("Communication protocol with HTU21D(F) sensor": table of commands, "Hold/No
Hold master modes", "Soft reset", "User register", "CRC checksum"), the times ("Measuring time"), the formulas
("Conversion of signal outputs"). Where it is silent, as on a read of what was not measured, the chip does not
acknowledge. The heater can be switched, and heats nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from twincore.desktop.board import Board
from twincore.desktop.board.buses import Nak

from .chip import Chip, Measured, as_measured, at_time

TEMPERATURE, HUMIDITY = 0, 2  # the status bits that say what was measured
MEASURE = {0xE3: (TEMPERATURE, True), 0xE5: (HUMIDITY, True), 0xF3: (TEMPERATURE, False), 0xF5: (HUMIDITY, False)}
WRITE_REGISTER, READ_REGISTER, SOFT_RESET = 0xE6, 0xE7, 0xFE
RESOLUTION, LOW_BATTERY, RESERVED, HEATER, KEEP_SETTINGS = 0x81, 0x40, 0x38, 0x04, 0x02
BITS = {0x00: (14, 12), 0x01: (12, 8), 0x80: (13, 10), 0x81: (11, 11)}  # resolution bits -> temperature, humidity
TIMES = {  # us, typical and at most, by the bits that are measured
    TEMPERATURE: {14: (44_000, 50_000), 13: (22_000, 25_000), 12: (11_000, 13_000), 11: (6_000, 7_000)},
    HUMIDITY: {12: (14_000, 16_000), 11: (7_000, 8_000), 10: (4_000, 5_000), 8: (2_000, 3_000)},
}
BOOT = 15_000  # us, at most, after power and after a soft reset
ETIMEDOUT = 110  # MicroPython's number on all boards; some desktops have another
GIVE_UP = 50_000  # us that a master lets its clock be held: what MicroPython's machine.I2C does by default


def crc8(data: bytes) -> int:
    """The checksum of what the chip sends: x^8 + x^5 + x^4 + 1, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x131) if crc & 0x80 else crc << 1
    return crc


class HTU21D(Chip):
    """The chip, at its address on bus `bus` of `board`. `temperature` (Celsius) and `humidity` (percent) are what there
    is to measure: numbers, or functions of the board's time in us. What is measured is what is there at the command.

    Args: typical, it measures as fast as chips typically do; else it takes as long as the data sheet allows.
    The pins of the bus see no edges. Raises ValueError for an address that is taken.
    """

    def __init__(
        self,
        board: Board,
        bus: Any = 0,
        *,
        address: int = 0x40,
        temperature: Measured = 20.0,
        humidity: Measured = 50.0,
        typical: bool = False,
    ) -> None:
        self._temperature = as_measured("temperature", temperature)
        self._humidity = as_measured("humidity", humidity)
        self.low_battery = False  # the supply is below 2.25 V
        self.typical = typical
        self.measured = 0  # so many times
        self._time = board.time
        self._bus = board.i2c(bus)
        self._address = address
        self._lock = threading.Lock()
        self._corrupt = 0  # so many answers to come with a wrong checksum
        self._stuck = False
        self._register = 0
        self._answer: Callable[[], bytes] | None = None  # what a read gives
        self._hold = False  # a read waits for it
        self._value = 0  # what was measured, with its status bits
        self._ready = 0  # when the chip is not busy any more
        self._power_up(0)
        self._bus.attach(address, self)
        self.plugged_in = True
        super().__init__(board)

    @property
    def temperature(self) -> Measured:
        """In Celsius, or a function that gives it."""
        return self._temperature

    @temperature.setter
    def temperature(self, value: Measured) -> None:
        self._temperature = as_measured("temperature", value)

    @property
    def humidity(self) -> Measured:
        """In percent, or a function that gives it."""
        return self._humidity

    @humidity.setter
    def humidity(self, value: Measured) -> None:
        self._humidity = as_measured("humidity", value)

    # Faults

    def fail_crc(self, count: int = 1) -> None:
        """The checksums of the next `count` measurements that are read are wrong."""
        self._corrupt = count

    def stuck(self, on: bool = True) -> None:
        """No measurement ends any more, until `stuck(False)` or until it is plugged in anew."""
        self._stuck = on

    def unplug(self) -> None:
        """Pull it off its bus. ValueError if it is."""
        self._bus.detach(self._address)
        self.plugged_in = False

    def plug_in(self) -> None:
        """Plug it in again: it starts anew, which takes 15 ms. ValueError if it is plugged in."""
        self._bus.attach(self._address, self)
        self.plugged_in = True
        self._power_up(BOOT)

    # The bus

    def write(self, data: bytes, stop: bool) -> None:
        """A command, with its data. See I2CDevice."""
        with self._lock:
            if self._busy():
                raise Nak("the HTU21D is busy")
            if not data:
                return
            command = data[0]
            if command in MEASURE:
                self._measure(*MEASURE[command])
            elif command == READ_REGISTER:
                self._answer = lambda: bytes([self._register])
            elif command == WRITE_REGISTER:
                if len(data) > 1:
                    kept = RESERVED | LOW_BATTERY
                    self._register = self._register & kept | data[1] & ~kept
            elif command == SOFT_RESET:
                self._restart(BOOT)
            else:
                raise Nak(f"the HTU21D has no command {command:#x}")
            if len(data) > (2 if command == WRITE_REGISTER else 1):
                raise Nak(f"too many bytes for the command {command:#x} of the HTU21D")

    def read(self, count: int, stop: bool) -> bytes:
        """What the last command asked for. See I2CDevice. A held master waits in it, for its clock."""
        with self._lock:
            answer, hold = self._answer, self._hold
            if answer is None or (self._busy() and not hold):
                raise Nak("nothing was asked of the HTU21D" if answer is None else "the HTU21D is busy")
            if self._stuck and hold:
                wake_up = self._time.now() + GIVE_UP
            else:
                wake_up = self._ready
        if wake_up > self._time.now():
            self._time.sleep(wake_up)  # without the lock: the others of the board go on
        with self._lock:
            if self._stuck and hold:
                raise OSError(ETIMEDOUT, "the HTU21D holds the clock and does not let go")
            self._answer = None
            return answer()[:count]

    def state(self) -> dict[str, str]:
        now = self._time.now()
        there = {
            "temperature": f"{at_time(self.temperature, now):.2f} C",
            "humidity": f"{at_time(self.humidity, now):.1f} %",
            "measured": str(self.measured),
        }
        return there if self.plugged_in else {**there, "plugged in": "no"}

    # Inside

    def _busy(self) -> bool:
        return self._time.now() < self._ready or (self._stuck and self._measuring())

    def _measuring(self) -> bool:
        return self._answer is not None and self._answer == self._measurement

    def _power_up(self, after: int) -> None:
        with self._lock:
            self._stuck = False
            self._register = KEEP_SETTINGS
            self._restart(after)

    def _restart(self, after: int) -> None:
        """The default settings, but for the heater; nothing measured; ready so many us from now."""
        self._register = KEEP_SETTINGS | self._register & HEATER
        self._answer = None
        self._hold = False
        self._ready = self._time.now() + after

    def _measure(self, what: int, hold: bool) -> None:
        if not self._register & KEEP_SETTINGS:
            self._register = KEEP_SETTINGS | self._register & HEATER
        self._register = self._register & ~LOW_BATTERY | (LOW_BATTERY if self.low_battery else 0)
        bits = BITS[self._register & RESOLUTION][0 if what == TEMPERATURE else 1]
        now = self._time.now()
        if what == TEMPERATURE:
            share = (at_time(self.temperature, now) + 46.85) / 175.72
        else:
            share = (at_time(self.humidity, now) + 6) / 125
        steps = min(max(round(share * (1 << bits)), 0), (1 << bits) - 1)
        self._value = steps << 16 - bits | what
        self.measured += 1
        self._answer = self._measurement
        self._hold = hold
        self._ready = now + TIMES[what][bits][0 if self.typical else 1]

    def _measurement(self) -> bytes:
        data = self._value.to_bytes(2, "big")
        crc = crc8(data)
        if self._corrupt:
            self._corrupt -= 1
            crc ^= 0xFF
        return data + bytes([crc])

    def _unwire(self) -> None:
        if self.plugged_in:
            self.unplug()
