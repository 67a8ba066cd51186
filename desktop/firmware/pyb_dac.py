"""pyb.DAC: the two converters of a pyboard, whose voltage an ADC reads at their pins and at what is wired to them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from . import pins_of
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

PORTS = {1: "X5", 2: "X6"}
TOP = 4095  # the converter has 12 bits


class DAC(OfBoard):
    """The DAC of a port, 1 or 2, or of its Pin. Args: bits, 8 or 12, of what is written; buffering has no effect here.

    It puts out 0 V until something is written. ValueError for a pin without one.
    """

    NORMAL: ClassVar[int] = 0  # of write_timed: once
    CIRCULAR: ClassVar[int] = 1  # again and again

    def __init__(self, port: Any, bits: int = 8, *, buffering: bool | None = None) -> None:
        board = self._board
        board.interrupts.refuse("make a DAC")
        name = PORTS.get(port) if isinstance(port, int) else pins_of.name_of(board, port)
        if name is None or name not in PORTS.values():
            raise ValueError(f"DAC({port!r}) doesn't exist: a pyboard has 1, at X5, and 2, at X6")
        self._name = name
        self._analog = board.analog(name)
        self.init(bits, buffering=buffering)

    def init(self, bits: int = 8, *, buffering: bool | None = None) -> None:
        """Start anew, at 0 V."""
        if bits not in (8, 12):
            raise ValueError(f"a DAC has 8 or 12 bits, not {bits!r}")
        pins_of.claim(self._board, self._user(), self._name)
        self._bits = bits
        self._analog.value = 0.0

    def deinit(self) -> None:
        """Put out nothing: the pin may be used otherwise."""
        self._analog.value = None
        pins_of.release(self._board, self._user())

    def write(self, value: int) -> None:
        """Put out `value` of 255, or of 4095 with 12 bits; higher bits are dropped. Hard interrupts may call it."""
        self._analog.value = self._fraction(value)

    def triangle(self, freq: float) -> None:
        """Up and down through all 12 bits, `freq` steps a second."""
        start, rate = self._board.time.now(), _per_us(freq)

        def value(when: int) -> float:
            step = int((when - start) * rate) % (2 * TOP + 2)
            return min(step, 2 * TOP + 1 - step) / TOP

        self._analog.value = value

    def noise(self, freq: float) -> None:
        """Random values, `freq` of them a second; the same ones in each run."""
        start, rate = self._board.time.now(), _per_us(freq)
        self._analog.value = lambda when: Random(int((when - start) * rate)).random()

    def write_timed(self, data: Any, freq: Any, *, mode: int = NORMAL) -> None:
        """Put out what is in the buffer `data`, bytes or with 12 bits 16-bit numbers, and return at once.

        Args: freq, values a second, or a pyb.Timer that ticks as often; mode, NORMAL, after which the last value stays,
        or CIRCULAR. What is changed in `data` meanwhile is put out too.
        """
        values = memoryview(data).cast("B")
        if self._bits == 12:
            values = values.cast("H")
        if not len(values):
            raise ValueError("write_timed needs a buffer with at least one value")
        start = self._board.time.now()
        rate = _per_us(freq if isinstance(freq, (int, float)) else freq.freq())

        def value(when: int) -> float:
            number = int((when - start) * rate)
            last = len(values) - 1
            return self._fraction(values[number % len(values) if mode == self.CIRCULAR else min(number, last)])

        self._analog.value = value

    def _fraction(self, value: int) -> float:
        top = (1 << self._bits) - 1
        return (value & top) / top

    def _user(self) -> str:
        return f"DAC({self._name})"

    def __repr__(self) -> str:
        return f"DAC({next(port for port, name in PORTS.items() if name == self._name)}, bits={self._bits})"


def _per_us(freq: float) -> float:
    if not freq > 0:
        raise ValueError(f"the rate is in Hz and more than 0, not {freq!r}")
    return freq / 1e6


def dac_class(world: World) -> type[DAC]:
    """pyb's DAC of `world`'s application."""
    return bound(DAC, world, "pyb")
