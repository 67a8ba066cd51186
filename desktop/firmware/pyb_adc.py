"""pyb.ADC: the same converters as machine.ADC's, read in 12 bits, or many times at a steady rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .adc import adc_pin
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

TOP = 4095
CHANNELS = ("X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "Y11", "Y12", "X19", "X20", "X21", "X22", "X11", "X12")
CORE_TEMP, CORE_VREF, CORE_VBAT = 16, 17, 18  # the channels behind those of pins
REFERENCE, BAND_GAP, BATTERY, CORE = 3.3, 1.21, 3.0, 25.0  # volts, and degrees
AT_25_DEGREES, PER_DEGREE = 0.76, 0.0025  # volts of the temperature sensor: STM32F405 data sheet, 5.3.22


class ADC(OfBoard):
    """The ADC of a Pin. ValueError for one without."""

    def __init__(self, pin: Any) -> None:
        self._board.interrupts.refuse("make an ADC")
        name = adc_pin(self._board, pin)
        assert name is not None
        pins_of.claim(self._board, f"ADC({name})", name)
        self._name = name
        self._analog = self._board.analog(name)

    def read(self) -> int:
        """0 to 4095."""
        return round(self._analog.read() * TOP)

    def read_timed(self, buf: Any, timer: Any) -> int:
        """Fill `buf`, at so many Hz, or as often as the pyb.Timer ticks. Bytes get the upper 8 bits. Blocks."""
        freq = timer if isinstance(timer, (int, float)) else timer.freq()
        if not freq > 0:
            raise ValueError(f"the rate is in Hz and more than 0, not {freq!r}")
        start = self._board.time.now()
        shift = 4 if memoryview(buf).itemsize == 1 else 0
        for number in range(len(buf)):
            self._world.sleep(start + round(number * 1e6 / freq), soft=False)
            buf[number] = self.read() >> shift
        return len(buf)

    def __repr__(self) -> str:
        return f"<ADC on {self._name}>"


class ADCAll(OfBoard):
    """All channels by number. Args: resolution, 6, 8, 10 or 12 bits; mask, of the channels whose pins become inputs."""

    def __init__(self, resolution: int, mask: int = 0xFFFFFFFF) -> None:
        self._board.interrupts.refuse("make an ADCAll")
        if resolution not in (6, 8, 10, 12):
            raise ValueError(f"resolution {resolution!r} not supported: there is 6, 8, 10 and 12")
        self._top = (1 << resolution) - 1

    def read_channel(self, channel: int) -> int:
        """What that one reads, 0 to 15 being pins, 16 to 18 temperature, reference and battery. ValueError."""
        if channel not in range(CORE_VBAT + 1):
            raise ValueError(f"a pyboard has ADC channels 0 to {CORE_VBAT}, not {channel!r}")
        return round(self._fraction(channel) * self._top)

    def _fraction(self, channel: int) -> float:
        if channel < len(CHANNELS):
            return float(self._board.analog(CHANNELS[channel]).read())
        sensor = AT_25_DEGREES + (CORE - 25) * PER_DEGREE
        return {CORE_TEMP: sensor, CORE_VREF: BAND_GAP, CORE_VBAT: BATTERY / 2}[channel] / REFERENCE

    def read_core_temp(self) -> float:
        """Degrees: here always the same."""
        return CORE

    def read_core_vref(self) -> float:
        """Volts of the reference within the chip: here always the same."""
        return BAND_GAP

    def read_core_vbat(self) -> float:
        """Volts of the backup battery: here always the same."""
        return BATTERY

    def read_vref(self) -> float:
        """Volts of the supply."""
        return REFERENCE

    def __repr__(self) -> str:
        return "<ADCAll>"


def adc_class(world: World) -> type[ADC]:
    """pyb's ADC of `world`'s application."""
    return bound(ADC, world, "pyb")
