"""One PIO: four state machines, the memory and the flags that they share, and what they drive their pins to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .machine import Machine

if TYPE_CHECKING:
    from .units import Units

SIZE = 32  # instructions
JMP_BITS = 0xE000  # all 0 in a jump
Handler = tuple[Callable[[Any], object], Any, bool]  # what to call, with what, whether hard


class Block:
    """PIO `number` of `units`. All of it under the lock of the units."""

    def __init__(self, units: Units, number: int) -> None:
        self.units = units
        self.number = number
        self.user = f"PIO({number})"
        self.memory = [0] * SIZE
        self.used = 0  # addresses, as bits
        self.flags = 0
        self.levels = 0  # of outputs
        self.directions = 0  # 1: an output
        self.changed = 0  # pins whose level or direction has changed and is not on the wire yet
        self.owned = 0  # pins that are connected to it
        self.interrupts = 0  # flags that interrupt the processor
        self.due: int | None = None  # when that will see them, in picoseconds
        self.machines = [Machine(self, each) for each in range(4)]

    # Memory

    def place(self, words: Sequence[int]) -> int | None:
        """Load a program at the highest addresses that are free, and return the first; None if there is no room."""
        mask = (1 << len(words)) - 1
        for offset in range(SIZE - len(words), -1, -1):
            if not self.used & mask << offset:
                self.used |= mask << offset
                for place, word in enumerate(words, offset):
                    self.memory[place] = word if word & JMP_BITS else word + offset
                return offset
        return None

    def free(self, length: int, offset: int) -> None:
        """A program's memory is free, and keeps what is in it until it is used again."""
        self.used &= ~(((1 << length) - 1) << offset)

    # Flags

    def flag(self, index: int, machine: int) -> int:
        """The bit of the flag that an instruction names."""
        return 1 << (index & 4 | (index + machine & 3 if index & 0x10 else index & 3))

    def rise(self, bit: int) -> None:
        self.flags |= bit

    def lower(self, bit: int) -> None:
        self.flags &= ~bit

    def acknowledge(self) -> int:
        """The flags that interrupt the processor, which lowers them."""
        found = self.flags & self.interrupts
        if found:
            self.lower(found)
        return found

    # Pins

    def drive(self, value: int, mask: int, directions: int, act: bool) -> bool:
        """Drive the pins in `mask` so, or set their directions. Without `act`: whether that would change any."""
        old = self.directions if directions else self.levels
        new = old & ~mask | value
        if new == old:
            return False
        if not act:
            return True
        if directions:
            self.directions = new
        else:
            self.levels = new
        self.changed |= new ^ old
        return False

    def outputs(self) -> list[tuple[int, int | None]]:
        """The pins that have changed and what is on them now: a level, or None for an input."""
        changed, self.changed = self.changed & self.owned, 0
        return [
            (pin, self.levels >> pin & 1 if self.directions >> pin & 1 else None)
            for pin in range(changed.bit_length())
            if changed >> pin & 1
        ]
