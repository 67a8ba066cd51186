"""rp2.PIO: the memory and the flags of a PIO, for the application."""

from __future__ import annotations

from errno import ENOMEM
from typing import TYPE_CHECKING, Any, ClassVar

from ..of_board import OfBoard
from ..runtime import os_error
from .interrupts import FLAGS, KEEP, Irq
from .state_machine import StateMachine, fields_of, whole

if TYPE_CHECKING:
    from .block import Block
    from .units import Units


class PIO(OfBoard):
    """PIO number `id`, of which there is one object for each. ValueError for a number that there is not."""

    IN_LOW, IN_HIGH, OUT_LOW, OUT_HIGH = 0, 1, 2, 3
    SHIFT_LEFT, SHIFT_RIGHT = 0, 1
    JOIN_NONE, JOIN_TX, JOIN_RX = 0, 1, 2
    IRQ_SM0, IRQ_SM1, IRQ_SM2, IRQ_SM3 = 0x100, 0x200, 0x400, 0x800
    _units: ClassVar[Units]
    _machine: ClassVar[type[StateMachine]]
    _pios: ClassVar[list[PIO]]
    _id: int
    _block: Block
    _irq: Irq

    def __new__(cls, id: int) -> PIO:
        number = whole(id)
        if not 0 <= number < len(cls._units.blocks):
            raise ValueError(f"invalid PIO {number}: there is 0 to {len(cls._units.blocks) - 1}")
        if not cls._pios:
            cls._pios[:] = [cls._make(each) for each in range(len(cls._units.blocks))]
        return cls._pios[number]

    @classmethod
    def _make(cls, number: int) -> PIO:
        self = object.__new__(cls)
        self._id = number
        self._block = cls._units.blocks[number]
        self._irq = Irq(cls._units, self._block, None, self)
        return self

    def add_program(self, program: Any) -> None:
        """Load it. OSError ENOMEM if there is no room: a PIO has 32 instructions."""
        words = list(fields_of(program)[0])
        with self._units.lock:
            offset = self._block.place(words) if len(words) <= 32 else None
            if offset is None:
                raise os_error(ENOMEM)
            program[1 + self._id] = offset

    def remove_program(self, program: Any = KEEP) -> None:
        """Its memory is free; without a program, all of it is, but programs still count as loaded where they were."""
        with self._units.lock:
            if program is KEEP:
                self._block.used = 0
                return
            words, *offsets = fields_of(program)[:3]
            offset = offsets[self._id]
            if offset >= 0:
                self._block.free(len(words), offset)
                program[1 + self._id] = -1

    def state_machine(self, id: int, *args: Any, **settings: Any) -> StateMachine:
        """Its machine number `id`, 0 to 3, initialised if there are more arguments. ValueError for another number."""
        if not 0 <= whole(id) < 4:
            raise ValueError(f"invalid StateMachine {id}: a PIO has 0 to 3")
        return self._machine(4 * self._id + id, *args, **settings)

    def irq(self, handler: Any = KEEP, trigger: int = FLAGS, hard: bool = False) -> Irq:
        """Have `handler(self)` called when flags 0 to 3 rise of which `trigger` has IRQ_SM0 and so on; None: no more.

        `hard`: at once, as an interrupt; else by the main program as soon as it can. Returns an object with `flags`,
        what it was called for, `trigger`, and to be called. With no arguments nothing changes.
        """
        if handler is not KEEP or trigger != FLAGS or hard:
            self._irq.set(None if handler is KEEP else handler, trigger, hard)
        return self._irq

    def __repr__(self) -> str:
        return f"PIO({self._id})"
