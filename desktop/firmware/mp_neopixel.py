"""`neopixel`: LED strips, whose colours are in `board.pixels`, whether or not a strip is plugged in there."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from . import pins_of
from .modules import module
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

TIMING = {0: (800, 1700, 1600, 900), 1: (400, 850, 800, 450)}  # ns: 400 kHz and 800 kHz


class NeoPixel(OfBoard):
    """`n` LEDs in a row at a Pin. Args: bpp, 3 for (red, green, blue), 4 with white; timing, 1, 0 for slow ones, or as
    `machine.bitstream` has it. `write` shows what was set: `board.pixels[pin]` is the list of colours then.
    """

    ORDER: ClassVar[tuple[int, ...]] = (1, 0, 2, 3)  # of the colours in the buffer

    def __init__(self, pin: Any, n: int, bpp: int = 3, timing: Any = 1) -> None:
        if n < 1 or bpp not in (3, 4):
            raise ValueError(f"a strip has 1 LED or more, of 3 or 4 colours, not {n!r} of {bpp!r}")
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self.timing = TIMING[timing] if isinstance(timing, int) else timing
        self._name = pins_of.name_of(self._board, pin)
        pin.init(pin.OUT)

    def __len__(self) -> int:
        return self.n

    def __setitem__(self, i: int, colour: Any) -> None:
        start = self._start(i)
        for place in range(self.bpp):
            self.buf[start + self.ORDER[place]] = colour[place]

    def __getitem__(self, i: int) -> tuple[int, ...]:
        start = self._start(i)
        return tuple(self.buf[start + self.ORDER[place]] for place in range(self.bpp))

    def _start(self, i: int) -> int:
        if not -self.n <= i < self.n:
            raise IndexError(f"a strip of {self.n} LEDs has no LED {i}")
        return i % self.n * self.bpp

    def fill(self, colour: Any) -> None:
        """Set all LEDs to one colour."""
        for i in range(self.n):
            self[i] = colour

    def write(self) -> None:
        """Show the colours."""
        self._world.import_module("machine").bitstream(self.pin, 0, self.timing, self.buf)
        self._board.pixels[self._name] = [self[i] for i in range(self.n)]


def make(world: World) -> ModuleType:
    """`neopixel` for the application of one board."""
    return module("neopixel", NeoPixel=bound(NeoPixel, world, "neopixel"))
