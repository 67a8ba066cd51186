"""What is on a pyboard: LEDs, the switch, the accelerometer; and ExtInt, a pin's hard interrupt as pyb has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ..board.kinds import CPU_PINS
from . import pins_of
from .of_board import OfBoard, describe
from .pwm import Wave

if TYPE_CHECKING:
    from ..board import Line

EXTI = {own: number for pins in CPU_PINS.values() for number, own in pins.items()}  # which share interrupts
DIMMED_HZ = 1000


class LED(OfBoard):
    """LED `id`, 1 to 4: red, green, yellow, blue. It is lit while its line is high. ValueError for another."""

    _waves: ClassVar[dict[str, Wave]]

    def __init__(self, id: int) -> None:
        leds = self._board.kind.leds
        if id not in leds:
            raise ValueError(f"LED({id!r}) doesn't exist: a {self._board.kind.name} has {describe(leds)}")
        self._id = id
        self._name = leds[id]
        self._line: Line = self._board.line(self._name)
        if self._line.outputs() is None:
            self._line.output(0)

    def on(self) -> None:
        """Light it."""
        self._undim()
        self._line.output(1)

    def off(self) -> None:
        """Put it out."""
        self._undim()
        self._line.output(0)

    def toggle(self) -> None:
        """Light it if it is out, else put it out."""
        (self.off if self._line.level() else self.on)()

    def intensity(self, value: int | None = None) -> int | None:
        """How bright it is, 0 to 255; or set that. Only LEDs 3 and 4 can be dimmed, others are on or off."""
        name = self._name
        if value is None:
            dimmed = self._board.pwm.get(name)
            return 255 * self._line.level() if dimmed is None else round(255 * dimmed[1])
        if self._id < 3 or not 0 < value < 255:
            (self.on if value > 0 else self.off)()
            return None
        wave = self._waves.get(name) or self._waves.setdefault(name, Wave(self._board, name))
        wave.set(1e6 / DIMMED_HZ, value / 255 * 1e6 / DIMMED_HZ)
        return None

    def _undim(self) -> None:
        wave = self._waves.pop(self._name, None)
        if wave is not None:
            wave.end()

    def __repr__(self) -> str:
        return f"LED({self._id})"


class Switch(OfBoard):
    """The USR switch: it is pressed while the line SW is low."""

    def __init__(self) -> None:
        self._line = self._board.line("SW")
        self._line.pull(1)

    def value(self) -> bool:
        """Whether it is pressed."""
        return not self._line.level()

    __call__ = value

    def callback(self, fn: Callable[[], object] | None) -> None:
        """Have `fn()` called as a hard interrupt when it is pressed; None: no more."""
        if fn is not None and not callable(fn):
            raise ValueError(f"callback must be None or callable, not {type(fn).__name__}")
        handler = None if fn is None else lambda nothing: fn()
        self._line.irq(handler, rising=False, falling=True, hard=True)


class Accel(OfBoard):
    """The accelerometer. What it reads is `board.acceleration`, three numbers of -32 to 31 (21 being 1 g)."""

    def x(self) -> int:
        """Along the x axis."""
        return self._read(0)

    def y(self) -> int:
        """Along the y axis."""
        return self._read(1)

    def z(self) -> int:
        """Along the z axis."""
        return self._read(2)

    def filtered_xyz(self) -> tuple[int, int, int]:
        """The sum of four readings of each axis."""
        self._board.interrupts.refuse("make the tuple that Accel.filtered_xyz returns")
        return 4 * self._read(0), 4 * self._read(1), 4 * self._read(2)

    def tilt(self) -> int:
        """The chip's tilt register: nothing is known of it here."""
        return 0

    def _read(self, axis: int) -> int:
        value: Any = self._board.acceleration
        if callable(value):
            value = value(self._board.time.now())
        return int(max(-32, min(31, round(value[axis]))))


class ExtInt(OfBoard):
    """A pin's hard interrupt. Args: pin; mode, IRQ_RISING, IRQ_FALLING or IRQ_RISING_FALLING; pull, of pyb.Pin;
    callback, called with the interrupt's number, None: no more. ValueError if another pin has that number already.
    """

    IRQ_RISING = 0x110000
    IRQ_FALLING = 0x210000
    IRQ_RISING_FALLING = 0x310000
    EVT_RISING, EVT_FALLING, EVT_RISING_FALLING = 0x120000, 0x220000, 0x320000
    _taken: ClassVar[dict[int, ExtInt]]

    def __init__(self, pin: Any, mode: int, pull: int, callback: Callable[[int], object] | None) -> None:
        self._name = pins_of.name_of(self._board, pin)
        if mode not in (self.IRQ_RISING, self.IRQ_FALLING, self.IRQ_RISING_FALLING):
            raise ValueError(f"invalid ExtInt mode {mode!r}: there is IRQ_RISING, IRQ_FALLING and IRQ_RISING_FALLING")
        self._number = EXTI[self._name]
        other = self._taken.get(self._number)
        if callback is not None and other is not None:
            raise ValueError(f"ExtInt vector {self._number} of {self._name} is already in use by {other._name}")
        made = self._world.import_module("machine").Pin(pin, 0, pull or None)
        self._line: Line = made._line
        self._rising, self._falling = bool(mode & 0x100000), bool(mode & 0x200000)
        self._callback = callback
        if callback is None:
            self._taken.pop(self._number, None)
        else:
            self._taken[self._number] = self
        self.enable()

    def enable(self) -> None:
        """Let it interrupt."""
        self._line.irq(self._callback, self._rising, self._falling, True, self._number)

    def disable(self) -> None:
        """Let it interrupt no more."""
        self._line.irq(None)

    def line(self) -> int:
        """The interrupt's number."""
        return self._number

    def swint(self) -> None:
        """Cause it."""
        if self._callback is not None:
            self._board.interrupts.request(self._callback, self._number, True, self._name, self.disable)

    def __repr__(self) -> str:
        return f"<ExtInt line={self._number}>"
