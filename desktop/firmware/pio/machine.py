"""One state machine of a PIO: its registers, its FIFOs, and one instruction at a time (RP2040 datasheet, chapter 3).

`step` is used in two ways. With `act` it does what the instruction does. Without, it only goes where nobody but the
machine itself sees it: an instruction that would change a pin, a FIFO or a flag is not executed, and EFFECT is
returned. So a machine can be run ahead of the board's time and be set back (see `ahead`).

Not here, as MicroPython's `asm_pio` can't ask for it: OUT_STICKY and INLINE_OUT_EN.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .clock import CycleClock
from .operations import ALL, DONE, EFFECT, OPERATIONS, irq, out, pull, push, rolled, wait

if TYPE_CHECKING:
    from ...board import Wakeable
    from .block import Block

State = tuple[int, ...]
Decoded = tuple[Callable[..., int], int, int, int, "int | None", bool]


@dataclass(frozen=True)
class Settings:
    """What the registers EXECCTRL, SHIFTCTRL and PINCTRL say, and the pin bases; counts of bits are 1 to 32."""

    execctrl: int = 31 << 12
    shiftctrl: int = 0b11 << 18
    in_base: int = 0
    out: tuple[int, int] = (0, 0)  # base and count
    set: tuple[int, int] = (0, 0)
    side: tuple[int, int] = (0, 0)  # the count with the bit of an optional side-set
    jmp_pin: int = 0

    @property
    def optional(self) -> int:
        """1 if not all instructions side-set."""
        return self.execctrl >> 30 & 1


class Machine:
    """State machine `number` of `block`. All of it under the lock of the units, but for what `units` says."""

    def __init__(self, block: Block, number: int) -> None:
        self.block = block
        self.number = number
        self.clock = CycleClock()
        self.enabled = False
        self.tx: deque[int] = deque()
        self.rx: deque[int] = deque()
        self.waiting: list[Wakeable] = []  # of threads that wait for a FIFO
        self.watched = 0  # pins that it has looked at
        self.wanted = 0
        self.due: int | None = None  # picoseconds of the board's time at which it goes on; None: when something happens
        self.outcome = DONE  # why it does not go on by itself
        self.base: State = ()  # where it was when it last did something that is seen
        self.period = 0  # cycles after which it is where it is again, if it spins
        self.pc = self.x = self.y = self.isr = self.osr = 0
        self.isr_count, self.osr_count = 0, 32  # bits shifted
        self.injected = -1  # by OUT EXEC or MOV EXEC: the next instruction
        self.irq_waits = 0  # an IRQ instruction has set its flag
        self.cycle = 0  # in which the next instruction begins
        self.forced: int | None = None  # an instruction that the program wrote to it
        self.configure(Settings())

    def configure(self, settings: Settings) -> None:
        """Take these settings, and forget what was decoded by others."""
        self.settings = settings
        execctrl, shiftctrl = settings.execctrl, settings.shiftctrl
        self.side_base = settings.side[0]
        self.side_bits = settings.side[1]
        self._side_pins = self.side_bits - (settings.optional if self.side_bits else 0)
        self.pins_out = 0
        for base, count in (settings.out, settings.set, (self.side_base, self._side_pins)):
            self.pins_out |= rolled((1 << count) - 1, base)
        self.side_directions = execctrl >> 29 & 1
        self.top, self.bottom = execctrl >> 12 & 0x1F, execctrl >> 7 & 0x1F
        self.status = execctrl >> 4 & 1, execctrl & 0xF
        self.out_right, self.in_right = shiftctrl >> 19 & 1, shiftctrl >> 18 & 1
        self.autopull, self.autopush = shiftctrl >> 17 & 1, shiftctrl >> 16 & 1
        self.pull_at = shiftctrl >> 25 & 0x1F or 32
        self.push_at = shiftctrl >> 20 & 0x1F or 32
        join = shiftctrl >> 30 & 3
        self.tx_size, self.rx_size = {0: (4, 4), 1: (8, 0), 2: (0, 8), 3: (0, 0)}[join]
        self._decoded: dict[int, Decoded] = {}

    def restart(self) -> None:
        """As SM_RESTART: the scratch registers, the OSR's contents and the counter stay."""
        self.isr = self.isr_count = self.irq_waits = 0
        self.osr_count = 32
        self.injected = -1
        self.forced = None
        self.cycle = 0

    def state(self) -> State:
        """What instructions change, the cycle last."""
        return (
            self.pc, self.x, self.y, self.isr, self.isr_count, self.osr, self.osr_count, self.injected, self.irq_waits,
            self.cycle,
        )  # fmt: skip

    def restore(self, state: State) -> None:
        (
            self.pc, self.x, self.y, self.isr, self.isr_count, self.osr, self.osr_count, self.injected, self.irq_waits,
            self.cycle,
        ) = state  # fmt: skip

    def affects(self) -> list[Machine]:
        """The others that may go on otherwise when the next instruction is executed."""
        flags = self.decode(self._word())[0] in (irq, wait)
        others = [other for other in self.block.machines if other is not self and other.executes()]
        return [other for other in others if flags or other.pins_out & self.pins_out]

    def executes(self) -> bool:
        """Whether it runs, or has an instruction to execute although it does not."""
        return self.enabled or self.forced is not None

    def _word(self) -> int:
        if self.forced is not None:
            return self.forced
        return self.injected if self.injected >= 0 else self.block.memory[self.pc]

    def step(self, act: bool) -> int:
        """Execute the next instruction: see the module. BLOCKED if it stalls in this cycle."""
        forced = self.forced
        operation, a, b, delay, side, _ = self.decode(self._word())
        if (
            not act
            and side is not None
            and self._drives(self.side_base, self._side_pins, side, self.side_directions, False)
        ):
            return EFFECT
        refills = self.autopull and self.osr_count >= self.pull_at and self.tx and operation not in (out, pull)
        if refills and not act:
            return EFFECT
        injected, self.injected = self.injected, -1
        self.target = -1
        self.repeats = False
        result = operation(self, a, b, act)
        if act and side is not None:  # it has the last word, and comes even if the instruction stalls
            self._drives(self.side_base, self._side_pins, side, self.side_directions, True)
        if refills:
            self.refill()
        if result != DONE:
            self.injected = injected
            return result
        if self.repeats:
            self.injected = injected
            self.cycle += forced is None
            return DONE
        if forced is not None:
            self.forced = None
            if self.target >= 0:
                self.pc = self.target
            return DONE
        if self.target >= 0:
            self.pc = self.target
        elif injected < 0:
            self.pc = self.bottom if self.pc == self.top else (self.pc + 1) & 0x1F
        self.cycle += 1 if self.injected >= 0 else 1 + delay  # what injects an instruction has no delay
        return DONE

    def decode(self, word: int) -> Decoded:
        """(operation, its arguments, delay, side-set or None, whether at most a scratch register counts down by it)."""
        found = self._decoded.get(word)
        if found is None:
            found = self._decoded[word] = self._decode(word)
        return found

    def _decode(self, word: int) -> Decoded:
        bits = self.side_bits
        value = word >> 8 & 0x1F
        delay = value & ((1 << (5 - bits)) - 1)
        optional = self.settings.optional
        side: int | None = (value >> (5 - bits)) & ((1 << (bits - optional)) - 1) if bits else None
        if bits and optional and not value >> 4:
            side = None
        kind, a, b = word >> 13, word >> 5 & 7, word & 0x1F
        quiet = kind == 1 or (kind == 0 and a in (0, 2, 4, 6, 7)) or (kind == 5 and word & 0xFF in (0x21, 0x42))
        if kind == 2 or kind == 3:
            b = b or 32
        if kind == 4:
            return pull if a & 4 else push, a, 0, delay, side, False
        return OPERATIONS[kind], a, b, delay, side, quiet

    # What operations are made of

    def sees(self, mask: int) -> bool:
        """Whether the levels of these pins are followed; else they are `wanted`."""
        missing = mask & self.block.units.present & ~self.watched
        self.wanted = self.watched | missing
        return not missing

    def pins_in(self) -> int:
        """The levels of the pins, that of in_base lowest."""
        levels, base = self.block.units.levels, self.settings.in_base
        return (levels >> base | levels << (32 - base)) & ALL

    def _drives(self, base: int, count: int, value: int, directions: int, act: bool) -> bool:
        """Have `count` pins driven so, or their directions. Whether that has to wait, as it changes something."""
        mask = rolled((1 << count) - 1, base)
        return self.block.drive(rolled(value & ((1 << count) - 1), base) & mask, mask, directions, act)

    def drives(self, pins: tuple[int, int], value: int, directions: int, act: bool) -> bool:
        return self._drives(pins[0], pins[1], value, directions, act)

    def refill(self) -> None:
        self.osr = self.tx.popleft()
        self.osr_count = 0
        self.block.units.fifo_changed(self)

    def level(self, which: int) -> int:
        """All ones if so few words are in a FIFO, as `mov(x, status)` finds."""
        size = len(self.rx if which else self.tx)
        return ALL if size < self.status[1] else 0
