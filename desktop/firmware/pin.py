"""machine.Pin and machine.Signal, and pyb.Pin, which is the same class.

Any method of a Pin may be called by anybody, hard handlers included, and blocks for no longer than the hard handlers
take that the pin's edge calls. See `Line` for what is at the other end of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from .of_board import OfBoard, bound, describe
from .pins_of import name_of

if TYPE_CHECKING:
    from ..board import Line
    from .world import World

KEEP: Any = object()
NONE = -1
VALUES = {  # the constants are numbers that differ between ports
    "rp2": {
        "IN": 0, "OUT": 1, "OPEN_DRAIN": 2, "ALT": 3, "ANALOG": 4, "PULL_UP": 1, "PULL_DOWN": 2,
        "IRQ_FALLING": 4, "IRQ_RISING": 8, "DRIVE_0": 0, "DRIVE_1": 1, "DRIVE_2": 2, "DRIVE_3": 3,
        "ALT_SPI": 1, "ALT_UART": 2, "ALT_I2C": 3, "ALT_PWM": 4, "ALT_SIO": 5, "ALT_PIO0": 6, "ALT_PIO1": 7,
        "ALT_GPCK": 8, "ALT_USB": 9,
    },
    "esp32": {
        "IN": 1, "OUT": 3, "OPEN_DRAIN": 7, "PULL_DOWN": 1, "PULL_UP": 2, "IRQ_RISING": 1, "IRQ_FALLING": 2,
        "DRIVE_0": 0, "DRIVE_1": 1, "DRIVE_2": 2, "DRIVE_3": 3, "WAKE_LOW": 4, "WAKE_HIGH": 5,
    },
    "pyboard": {
        "IN": 0, "OUT": 1, "OPEN_DRAIN": 17, "ALT": 2, "ALT_OPEN_DRAIN": 18, "ANALOG": 3, "OUT_PP": 1, "OUT_OD": 17,
        "AF_PP": 2, "AF_OD": 18, "PULL_NONE": 0, "PULL_UP": 1, "PULL_DOWN": 2,
        "IRQ_RISING": 0x100000, "IRQ_FALLING": 0x200000,
    },
}  # fmt: skip
INPUT_ONLY = {f"GPIO{number}" for number in range(34, 40)}  # of an ESP32


class Pin(OfBoard):
    """A pin of the board. There is one object for each: `Pin(0) is Pin(0)`.

    Args: id, a number or one of the names that the board gives it; mode, IN, OUT, OPEN_DRAIN or ALT; pull, PULL_UP,
    PULL_DOWN or None; value, the level with which an output begins. Without mode the pin is left as it is.
    ValueError for a pin, mode or pull that there is not; ShortCircuit if another output drives the wire otherwise.
    """

    IN: ClassVar[int]
    OUT: ClassVar[int]
    OPEN_DRAIN: ClassVar[int]
    PULL_UP: ClassVar[int]
    PULL_DOWN: ClassVar[int]
    IRQ_RISING: ClassVar[int]
    IRQ_FALLING: ClassVar[int]
    board: ClassVar[Names]
    cpu: ClassVar[Names]
    _made: ClassVar[dict[tuple[type[Pin], str], Pin]]
    _modes: ClassVar[dict[int, str]]
    _edges: ClassVar[dict[int, int]]  # the one with which a level begins that is a trigger
    _name: str
    _line: Line
    _mode: int
    _pull: int | None
    _latch: int
    _irq: Irq | None

    def __new__(cls, id: Any, *args: Any, **settings: Any) -> Pin:
        if isinstance(id, Signal):
            raise TypeError("this takes a Pin or its name, not a Signal")
        name = name_of(cls._board, id)
        self = cls._made.get((cls, name))
        if self is None:
            self = object.__new__(cls)
            self._name = name
            self._line = cls._board.line(name)
            self._mode = cls.IN
            self._pull = None
            self._latch = 0
            self._irq = None
            self = cls._made.setdefault((cls, name), self)
        return self

    def __init__(self, id: Any, mode: int = NONE, pull: int | None = NONE, **settings: Any) -> None:
        if mode != NONE or pull != NONE or settings:
            self.init(mode, pull, **settings)

    def init(
        self, mode: int = NONE, pull: int | None = NONE, *, value: Any = None, alt: int = NONE, af: int = NONE,
        drive: int | None = None, hold: bool | None = None,
    ) -> None:
        """Set the pin up; see the class. A peripheral loses it. `alt`, `af`, `drive` and `hold` change nothing."""
        if mode in (NONE, None):
            mode = self._mode
        elif mode not in self._modes:
            there = describe(f"Pin.{name}" for name in self._modes.values())
            raise ValueError(f"invalid pin mode {mode!r}: there is {there}")
        if mode == self.OUT and self._name in INPUT_ONLY:
            raise ValueError(f"pin can only be input: {self._name} of an esp32 has no output driver")
        self._board.users.pop(self._name, None)
        if self._line.give_up is not None:
            self._line.give_up()
        level = None if pull in (NONE, None) else self._pull_level(pull)
        latch = self._latch if value is None else 1 if value else 0
        self._line.pull(level)
        self._drive(mode, latch)
        self._mode, self._latch, self._pull = mode, latch, None if level is None else pull

    def _pull_level(self, pull: int | None) -> int | None:
        if pull == self.PULL_UP:
            return 1
        if pull == self.PULL_DOWN:
            return 0
        if pull == 0:
            return None
        raise ValueError(f"invalid pull {pull!r}: there is Pin.PULL_UP, Pin.PULL_DOWN and None")

    def _drive(self, mode: int, latch: int) -> None:
        if mode == self.OUT:
            self._line.output(latch)
        elif mode == self.OPEN_DRAIN:
            self._line.output(None if latch else 0)
        else:
            self._line.output(None)

    def value(self, x: Any = None) -> int | None:
        """The level of the wire, 0 or 1; with `x`, what an output drives, from now on or once the pin is one."""
        if x is None:
            return self._line.level()
        latch = 1 if x else 0
        self._drive(self._mode, latch)
        self._latch = latch
        return None

    __call__ = value

    def on(self) -> None:
        """Drive it high."""
        self.value(1)

    def off(self) -> None:
        """Drive it low."""
        self.value(0)

    high = on
    low = off

    def toggle(self) -> None:
        """Drive it to the other level."""
        self.value(not self._latch)

    def irq(
        self, handler: Callable[[Pin], object] | None = KEEP, trigger: int = KEEP, *, priority: int = KEEP,
        wake: int | None = KEEP, hard: bool = False,
    ) -> Irq:
        """Have `handler(pin)` called at each edge that `trigger` names: IRQ_RISING, IRQ_FALLING, or both, the default;
        of an ESP32 WAKE_HIGH and WAKE_LOW too, which are its first edge.

        `hard`: at once, as an interrupt; else by the main program as soon as it can. None for the handler: no more.
        Returns an object with `trigger`, `flags`, and to be called. ValueError for triggers that there are not.
        """
        if self._board.kind.platform == "rp2" and not priority is wake is KEEP:
            raise TypeError("extra keyword arguments given: irq of a Pico's pins has no `priority` and no `wake`")
        irq = self._irq
        if irq is None:
            irq = self._irq = Irq(self)
        if handler is KEEP and trigger is KEEP:
            return irq
        both = self.IRQ_RISING | self.IRQ_FALLING
        trigger = both if trigger is KEEP else trigger
        handler = None if handler is KEEP else handler
        if handler is not None and not callable(handler):
            raise TypeError(f"a handler must be callable, not {type(handler).__name__}")
        edges = self._edges.get(trigger, trigger) if isinstance(trigger, int) else -1
        if edges & ~both:
            raise ValueError(f"invalid trigger {trigger!r}: there is Pin.IRQ_RISING, Pin.IRQ_FALLING, and both, by |")
        if hard and self._board.kind.platform == "esp32":
            raise TypeError("an esp32 has no hard pin interrupts: leave `hard` out")
        irq.set(handler, trigger, hard)
        return irq

    def __repr__(self) -> str:
        if self._board.kind.platform == "esp32":
            return f"Pin({self._name[4:]})"
        pull = {self.PULL_UP: ", pull=PULL_UP", self.PULL_DOWN: ", pull=PULL_DOWN"}.get(self._pull or 0, "")
        name = f"GPIO{self._name[2:]}" if self._board.kind.platform == "rp2" else self._name
        return f"Pin({name}, mode={self._modes[self._mode]}{pull})"


class Irq:
    """What `irq` of a pin returns."""

    def __init__(self, pin: Pin) -> None:
        self._pin = pin
        self._handler: Callable[[Pin], object] | None = None
        self._hard = False
        self._trigger = 0

    def set(self, handler: Callable[[Pin], object] | None, trigger: int, hard: bool) -> None:
        self._handler, self._hard, self._trigger = handler, hard, trigger
        edges = self._pin._edges.get(trigger, trigger)
        rising, falling = edges & self._pin.IRQ_RISING != 0, edges & self._pin.IRQ_FALLING != 0
        self._pin._line.irq(handler, rising, falling, hard, self._pin)

    def trigger(self, trigger: int | None = None) -> int:
        """What triggers it; or set that, and return what it was."""
        before = self._trigger
        if trigger is not None:
            self.set(self._handler, trigger, self._hard)
        return before

    def flags(self) -> int:
        """The trigger of the last interrupt."""
        return self._pin.IRQ_RISING if self._pin._line.edge_level else self._pin.IRQ_FALLING

    def enable(self) -> None:
        self.set(self._handler, self._trigger, self._hard)

    def disable(self) -> None:
        self._pin._line.irq(None)

    def __call__(self) -> None:
        """Call the handler."""
        if self._handler is not None:
            self._handler(self._pin)


class Names:
    """The pins of the board as attributes, under the names that `pins` has for them."""

    def __init__(self, pin: type[Pin], pins: Mapping[str, str]) -> None:
        self._pin = pin
        self._pins = {name: own for name, own in pins.items() if name.isidentifier()}

    def __getattr__(self, name: str) -> Pin:
        if name not in self._pins:
            raise AttributeError(f"there is no pin {name!r}: there is {describe(self._pins)}")
        return self._pin(name)

    def __dir__(self) -> list[str]:
        return list(self._pins)


class Signal(OfBoard):
    """A Pin whose `on` may be its low level. Args: a Pin, or those of one, where `value` is the signal's; invert."""

    def __init__(self, pin: Any, *args: Any, invert: bool = False, **settings: Any) -> None:
        if invert and settings.get("value") is not None:
            settings["value"] = 0 if settings["value"] else 1
        made = self._world.import_module("machine").Pin
        self._pin = made(pin, *args, **settings) if args or settings or not hasattr(pin, "value") else pin
        self._invert = 1 if invert else 0

    def value(self, x: Any = None) -> int | None:
        """1 if it is on; or set it."""
        if x is None:
            return int(self._pin.value()) ^ self._invert
        self._pin.value((1 if x else 0) ^ self._invert)
        return None

    __call__ = value

    def on(self) -> None:
        """Turn it on."""
        self.value(1)

    def off(self) -> None:
        """Turn it off."""
        self.value(0)


def pin_class(world: World) -> type[Pin]:
    """The Pin of `world`'s application."""
    kind = world.board.kind
    values = VALUES[kind.platform]
    modes = {
        values[name]: name for name in ("IN", "OUT", "OPEN_DRAIN", "ALT", "ALT_OPEN_DRAIN", "ANALOG") if name in values
    }
    base, of_board, of_cpu = Pin, kind.pins, kind.pins
    if kind.platform == "pyboard":
        from . import pyb_pin

        base, values = pyb_pin.PyboardPin, values | pyb_pin.VALUES
        of_cpu = {name: own for name, own in kind.pins.items() if pyb_pin.CPU_NAMES[own] == name}
        of_board = {name: own for name, own in kind.pins.items() if name not in of_cpu}
    edges = {}
    if "WAKE_LOW" in values:
        edges = {values["WAKE_LOW"]: values["IRQ_FALLING"], values["WAKE_HIGH"]: values["IRQ_RISING"]}
    made = bound(base, world, "machine", _made={}, _modes=modes, _edges=edges, **values)
    made.__name__ = made.__qualname__ = "Pin"
    made.board = Names(made, of_board)
    made.cpu = Names(made, of_cpu)
    return made
