"""pyb.ADC: the same converters as machine.ADC's, read in 12 bits, or many times at a steady rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .adc import adc_pin
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

TOP = 4095


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


def adc_class(world: World) -> type[ADC]:
    """pyb's ADC of `world`'s application."""
    return bound(ADC, world, "pyb")
