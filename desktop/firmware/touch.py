"""machine.TouchPad, of an ESP32: `board.analog(pin).value` is 1.0 while nobody touches it, less under a finger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .of_board import OfBoard, bound, describe

if TYPE_CHECKING:
    from .world import World

PINS = [f"GPIO{number}" for number in (4, 0, 2, 15, 13, 12, 14, 27, 33, 32)]
UNTOUCHED = 1000


class TouchPad(OfBoard):
    """The pad at a Pin. ValueError for one that can't be touched."""

    def __init__(self, pin: Any) -> None:
        name = pins_of.name_of(self._board, pin)
        if name not in PINS:
            raise ValueError(f"{name} is no touch pad: {describe(PINS)} are")
        pins_of.claim(self._board, f"TouchPad({name})", name)
        self._analog = self._board.analog(name)

    def read(self) -> int:
        """A number that falls when the pad is touched."""
        return UNTOUCHED if self._analog.value is None else round(self._analog.read() * UNTOUCHED)

    def config(self, value: int) -> None:
        """At what reading a touch wakes the board: nothing here depends on it."""


def touch_class(world: World) -> type[TouchPad]:
    """The TouchPad of `world`'s application."""
    return bound(TouchPad, world, "machine")
