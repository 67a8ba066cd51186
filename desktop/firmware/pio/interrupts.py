"""What `irq` of a StateMachine or of a PIO returns, and how their flags interrupt the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .block import Block
    from .units import Units

KEEP: Any = object()
FIRST = 8  # bit of a trigger that is flag 0's
FLAGS = 0xF << FIRST


class Irq:
    """The interrupt of a machine, `number`, or of a whole PIO, None: `handler(owner)` is called for its flags."""

    def __init__(self, units: Units, block: Block, number: int | None, owner: Any) -> None:
        self._units = units
        self._block = block
        self._number = number
        self._owner = owner
        self._handler: Callable[[Any], object] | None = None
        self._trigger = FLAGS if number is None else 1
        self._hard = False
        self._flags = 0

    def set(self, handler: Any, trigger: int, hard: bool) -> None:
        """As `irq` of a StateMachine or a PIO. TypeError, ValueError."""
        if handler is not None and not callable(handler):
            raise TypeError(f"a handler must be callable, not {type(handler).__name__}")
        self._check(trigger)
        with self._units.lock:
            self._handler, self._trigger, self._hard, self._flags = handler, trigger, hard, 0
        self._enable()

    def _check(self, trigger: int) -> None:
        if not isinstance(trigger, int):
            raise TypeError(f"can't convert {type(trigger).__name__} to int: a trigger is a number")
        if self._number is None and trigger & 0xFF:
            raise ValueError(
                f"invalid trigger {trigger}: there is PIO.IRQ_SM0 to IRQ_SM3, and more by |; those of the FIFOs would "
                "interrupt a board for ever"
            )

    def _wants(self) -> int:
        """The flags that it is called for."""
        if self._handler is None:
            return 0
        if self._number is None:
            return self._trigger >> FIRST & 0xF
        return (self._trigger & 1) << self._number

    def _enable(self) -> None:
        units, block = self._units, self._block
        with units.lock:
            units.handlers[block.number, self._number] = self
            block.interrupts = 0
            for (number, _), each in units.handlers.items():
                if number == block.number:
                    block.interrupts |= each._wants()
        units.flags_may_interrupt(block)

    def raised(self, flags: int) -> None:
        """These flags of the PIO were up, and are down again."""
        found = flags & self._wants()
        if not found or self._handler is None:
            return
        self._flags = found << FIRST if self._number is None else 1
        self._units.board.interrupts.request(self._handler, self._owner, self._hard, repr(self._owner), self._failed)

    def _failed(self) -> None:
        self._handler = None
        self._enable()

    def flags(self) -> int:
        """What the last interrupt was for."""
        return self._flags

    def trigger(self, trigger: int = KEEP) -> int:
        """What interrupts; or set that, and return what it was."""
        before = self._trigger
        if trigger is not KEEP:
            self.set(self._handler, trigger, self._hard)
        return before

    def __call__(self) -> None:
        """Call the handler."""
        if self._handler is not None:
            self._handler(self._owner)
