"""machine.ADC: the voltage that a test or a simulated device puts at a pin, `board.analog(pin)`, as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .of_board import OfBoard, bound, describe

if TYPE_CHECKING:
    from ..board import Board
    from .world import World

REFERENCE_UV = 3_300_000
CORE_TEMP = 4  # of an RP2: the channel of its own temperature sensor
CORE_AT_27_DEGREES = 0.706 / 3.3  # RP2040 datasheet, 4.9.5
PINS = {
    "pyboard": [*(f"X{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 19, 20, 21, 22)), "Y11", "Y12"],
    "esp32": [f"GPIO{n}" for n in (32, 33, 34, 35, 36, 37, 38, 39, 0, 2, 4, 12, 13, 14, 15, 25, 26, 27)],
}


class ADC(OfBoard):
    """The ADC of a pin. Args: id, a Pin, its name, or a channel. ValueError for a pin without one."""

    def __init__(self, id: Any, *, sample_ns: int = 0) -> None:
        board = self._board
        board.interrupts.refuse("make an ADC")
        self._name = adc_pin(board, id)
        self._analog = None if self._name is None else board.analog(self._name)
        if self._name is not None:
            pins_of.claim(board, f"ADC({self._name})", self._name)
        self._bits = 12

    def read_u16(self) -> int:
        """0 to 65535: what the converter's bits make of the voltage, spread over that range."""
        raw = round(self._fraction() * ((1 << self._bits) - 1))
        return raw << 16 - self._bits | raw >> 2 * self._bits - 16

    def _fraction(self) -> float:
        return CORE_AT_27_DEGREES if self._analog is None else self._analog.read()

    def __repr__(self) -> str:
        return f"ADC({'CORE_TEMP' if self._name is None else self._name})"


class ESP32ADC(ADC):
    """What an ESP32's has besides."""

    def __init__(self, id: Any, *, sample_ns: int = 0, atten: int = 3) -> None:
        super().__init__(id, sample_ns=sample_ns)

    def init(self, *, sample_ns: int = 0, atten: int = 3) -> None:
        """Nothing here depends on it."""

    def read_uv(self) -> int:
        """Microvolts."""
        return self.read_u16() * REFERENCE_UV // 65535

    def read(self) -> int:
        """0 to 4095, or whatever `width` is."""
        return round(self._fraction() * ((1 << self._bits) - 1))

    def width(self, bits: int) -> None:
        """9 to 12 bits."""
        if not 9 <= bits <= 12:
            raise ValueError(f"width is 9 to 12 bits, not {bits!r}")
        self._bits = bits

    def atten(self, atten: int) -> None:
        """Nothing here depends on it: the reference is 3.3 V."""


def adc_pin(board: Board, given: Any) -> str | None:
    """The pin that an ADC was asked for; None: the chip's temperature. ValueError names those that have one."""
    kind = board.kind
    there = list(kind.adc_pins.values()) or PINS.get(kind.platform, [])
    if isinstance(given, int) and kind.platform == "rp2":
        if given == CORE_TEMP:
            return None
        name = kind.adc_pins.get(str(given)) or board.kind.pin(given)
    else:
        name = pins_of.name_of(board, given)
    if name not in there:
        raise ValueError(f"Pin {name} doesn't have ADC capabilities: {describe(there)} do")
    return name


def adc_class(world: World) -> type[ADC]:
    """The ADC of `world`'s application."""
    if world.board.kind.platform == "rp2":
        return bound(ADC, world, "machine", CORE_TEMP=CORE_TEMP)
    if world.board.kind.platform != "esp32":
        return bound(ADC, world, "machine")
    also = {"ATTN_0DB": 0, "ATTN_2_5DB": 1, "ATTN_6DB": 2, "ATTN_11DB": 3}
    return bound(ESP32ADC, world, "machine", **also, **{f"WIDTH_{bits}BIT": bits for bits in range(9, 13)})
