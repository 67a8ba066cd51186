"""machine.DAC, of an ESP32: the voltage that an ADC reads at its pin and at what is wired to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .of_board import OfBoard, bound, describe

if TYPE_CHECKING:
    from .world import World

PINS = ("GPIO25", "GPIO26")


class DAC(OfBoard):
    """The converter at a Pin. ValueError for a pin without one."""

    def __init__(self, pin: Any) -> None:
        board = self._board
        board.interrupts.refuse("make a DAC")
        self._name = pins_of.name_of(board, pin)
        if self._name not in PINS:
            raise ValueError(f"Pin {self._name} doesn't have DAC capabilities: {describe(PINS)} do")
        pins_of.claim(board, f"DAC({self._name})", self._name)
        self._analog = board.analog(self._name)
        self._analog.value = 0.0

    def write(self, value: int) -> None:
        """Put out `value` of 255. ValueError if it is not 0 to 255."""
        if not 0 <= value <= 255:
            raise ValueError(f"value out of range: a DAC puts out 0 to 255, not {value!r}")
        self._analog.value = value / 255

    def deinit(self) -> None:
        """Put out nothing: the pin may be used otherwise."""
        self._analog.value = None
        pins_of.release(self._board, f"DAC({self._name})")

    def __repr__(self) -> str:
        return f"DAC({self._name})"


def dac_class(world: World) -> type[DAC]:
    """The DAC of `world`'s application."""
    return bound(DAC, world, "machine")
