"""What the instructions of `@micropython.asm_thumb` do (ARMv6-M's architecture manual, A6.7; ARMv7-M's, A7.7).

`step_of` makes of one statement a Step: a function of the Cpu, that returns the index of the step that is next where it
is not the one behind it. Held to the emulated RP2040 by tests/desktop/both_boards/asm_thumb.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .asm_thumb import Statement
from .thumb_forms import LR, PC, SP, WORD

PREFETCHED = 4  # bytes that pc is ahead of the instruction that reads it
THUMB = 1  # the bit of an address to go on at that says which instructions are there
Step = Callable[["Cpu"], "int | None"]


class Fault(Exception):
    """What a processor can't do. `kind`: the exception that the application gets for it."""

    def __init__(self, text: str, kind: type[Exception] = RuntimeError) -> None:
        super().__init__(text)
        self.kind = kind


class Cpu:
    """The state of one call. `places`: the address of an instruction -> the index of its step.

    `load(address, size)` and `store(address, size, word)` reach memory, `mask(off)` is cpsid or cpsie, `wait()` wfi.
    """

    def __init__(
        self,
        places: Mapping[int, int],
        load: Callable[[int, int], int],
        store: Callable[[int, int, int], None],
        mask: Callable[[bool], None],
        wait: Callable[[], None],
    ) -> None:
        self.r = [0] * 16
        self.s = [0] * 32  # the words of the floating point unit's registers
        self.n = self.z = self.c = self.v = 0
        self.fpscr = 0
        self.places = places
        self.load = load
        self.store = store
        self.mask = mask
        self.wait = wait

    def flags(self) -> tuple[int, int, int, int]:
        return self.n, self.z, self.c, self.v

    def set_flags(self, flags: tuple[int, int, int, int]) -> None:
        self.n, self.z, self.c, self.v = flags

    def jump(self, address: int) -> int:
        """The index of the step there. Fault."""
        if not address & THUMB:
            raise Fault(f"a jump to {address:#x}, whose lowest bit is not set: a board stops with a HardFault")
        index = self.places.get(address - THUMB)
        if index is None:
            raise Fault(f"a jump to {address:#x}, where the function has no instruction")
        return index


def signed(word: int) -> int:
    return word - (word >> 31 << 32)


def tested(cpu: Cpu, word: int) -> int:
    """`word`, of which the flags N and Z tell."""
    cpu.n = word >> 31
    cpu.z = int(word == 0)
    return word


def added(cpu: Cpu, left: int, right: int, carry: int = 0) -> int:
    """The sum, with all flags. To take away is to add the inverted word, with a carry."""
    total = left + right + carry
    word = total & WORD
    cpu.c = total >> 32
    cpu.v = ((left ^ word) & (right ^ word)) >> 31
    return tested(cpu, word)


def subtracted(cpu: Cpu, left: int, right: int) -> int:
    return added(cpu, left, right ^ WORD, 1)


def shifted_left(cpu: Cpu, word: int, count: int) -> int:
    count &= 0xFF
    if count:
        cpu.c = word >> 32 - count & 1 if count <= 32 else 0
        word = word << count & WORD
    return tested(cpu, word)


def shifted_right(cpu: Cpu, word: int, count: int) -> int:
    count &= 0xFF
    if count:
        cpu.c = word >> count - 1 & 1
        word = word >> count
    return tested(cpu, word & WORD)


def shifted_as_signed(cpu: Cpu, word: int, count: int) -> int:
    count &= 0xFF
    if count:
        cpu.c = signed(word) >> count - 1 & 1
        word = signed(word) >> count & WORD
    return tested(cpu, word)


def rotated(cpu: Cpu, word: int, count: int) -> int:
    count &= 0xFF
    if count:
        count %= 32
        word = (word >> count | word << 32 - count) & WORD
        cpu.c = word >> 31
    return tested(cpu, word)


def divided(left: int, right: int) -> int:
    """As the processor divides: towards 0, and by 0 it is 0."""
    if right == 0:
        return 0
    quotient = abs(left) // abs(right)
    return (quotient if (left < 0) == (right < 0) else -quotient) & WORD


Compute = Callable[[Cpu, int, int], int]
COMPUTED: dict[str, Compute] = {  # of two words the one that is stored in the first register
    "add": added,
    "sub": subtracted,
    "adc": lambda cpu, left, right: added(cpu, left, right, cpu.c),
    "sbc": lambda cpu, left, right: added(cpu, left, right ^ WORD, cpu.c),
    "neg": lambda cpu, left, right: subtracted(cpu, 0, right),
    "mul": lambda cpu, left, right: tested(cpu, left * right & WORD),
    "and_": lambda cpu, left, right: tested(cpu, left & right),
    "orr": lambda cpu, left, right: tested(cpu, left | right),
    "eor": lambda cpu, left, right: tested(cpu, left ^ right),
    "bic": lambda cpu, left, right: tested(cpu, left & ~right),
    "mvn": lambda cpu, left, right: tested(cpu, right ^ WORD),
    "lsl": shifted_left,
    "lsr": shifted_right,
    "asr": shifted_as_signed,
    "ror": rotated,
    "sdiv": lambda cpu, left, right: divided(signed(left), signed(right)),
    "udiv": lambda cpu, left, right: divided(left, right),
}
COMPARED: dict[str, Compute] = {
    "cmp": subtracted,
    "cmn": added,
    "tst": lambda cpu, left, right: tested(cpu, left & right),
}
OF_ONE: dict[str, Callable[[int], int]] = {
    "clz": lambda word: 32 - word.bit_length(),
    "rbit": lambda word: int(f"{word:032b}"[::-1], 2),
}
HOLDS: dict[str, Callable[[Cpu], Any]] = {
    "eq": lambda cpu: cpu.z,
    "ne": lambda cpu: not cpu.z,
    "cs": lambda cpu: cpu.c,
    "cc": lambda cpu: not cpu.c,
    "mi": lambda cpu: cpu.n,
    "pl": lambda cpu: not cpu.n,
    "vs": lambda cpu: cpu.v,
    "vc": lambda cpu: not cpu.v,
    "hi": lambda cpu: cpu.c and not cpu.z,
    "ls": lambda cpu: not cpu.c or cpu.z,
    "ge": lambda cpu: cpu.n == cpu.v,
    "lt": lambda cpu: cpu.n != cpu.v,
    "gt": lambda cpu: not cpu.z and cpu.n == cpu.v,
    "le": lambda cpu: cpu.z or cpu.n != cpu.v,
}
SIZES = {"r": 4, "rex": 4, "rh": 2, "rb": 1}  # ldr, ldrex, ldrh, ldrb, and the same of str


def step_of(statement: Statement, places: Mapping[int, int], base: int) -> Step:
    """The Step for a statement of a function that begins at the address `base`."""
    name, _, shape = statement.operation.partition(" ")
    operands = statement.operands
    if name in COMPUTED:
        return _computation(COMPUTED[name], name, shape, operands)
    if name in COMPARED:
        return _comparison(COMPARED[name], shape, operands)
    if name in OF_ONE:
        return _of_one(OF_ONE[name], *operands)
    if name[:3] in ("ldr", "str"):
        return _transfer(name, operands)
    if name[0] == "b":
        return _branch(name, operands[0], places, base, statement.offset)
    if name in ("push", "pop"):
        return (_push if name == "push" else _pop)(operands[0])
    if name[0] == "v":
        from .thumb_floats import float_step_of  # which few programs need

        return float_step_of(name, shape, operands)
    if name[:3] == "mov":
        return _move(name, shape, base + statement.offset, *operands)
    return _other(name)


def _computation(compute: Compute, name: str, shape: str, operands: tuple[int, ...]) -> Step:
    to, *sources = operands
    left, right = (to, *sources) if len(sources) == 1 else sources
    if shape[-1] == "i":
        if name in ("lsr", "asr"):
            right = right or 32  # the bits of 0 mean that

        def with_number(cpu: Cpu) -> None:
            cpu.r[to] = compute(cpu, cpu.r[left], right)

        return with_number

    def step(cpu: Cpu) -> None:
        cpu.r[to] = compute(cpu, cpu.r[left], cpu.r[right])

    return step


def _comparison(compute: Compute, shape: str, operands: tuple[int, ...]) -> Step:
    left, right = operands

    def step(cpu: Cpu) -> None:
        compute(cpu, cpu.r[left], right if shape == "ri" else cpu.r[right])

    return step


def _of_one(compute: Callable[[int], int], to: int, source: int) -> Step:
    def step(cpu: Cpu) -> None:
        cpu.r[to] = compute(cpu.r[source])

    return step


def _transfer(name: str, operands: tuple[int, ...]) -> Step:
    size = SIZES[name[2:]]
    *registers, base, offset = operands
    offset -= offset % size  # as many bits as the instruction has
    register = registers[-1]
    if name[:3] == "ldr":

        def load(cpu: Cpu) -> None:
            cpu.r[register] = cpu.load(cpu.r[base] + offset & WORD, size)

        return load

    def store(cpu: Cpu) -> None:
        cpu.store(cpu.r[base] + offset & WORD, size, cpu.r[register])
        if len(registers) > 1:
            cpu.r[registers[0]] = 0  # strex: nothing else came between

    return store


def _branch(name: str, target: int, places: Mapping[int, int], base: int, offset: int) -> Step:
    if name == "bx":
        return lambda cpu: cpu.jump(cpu.r[target] if target != PC else 0)
    index = places[base + target]
    holds = HOLDS.get(name[1:3])
    if holds is not None:
        return lambda cpu: index if holds(cpu) else None

    def branch(cpu: Cpu) -> int:
        if name == "bl":
            cpu.r[LR] = base + offset + 4 | THUMB
        return index

    return branch


def _push(registers: int) -> Step:
    pushed = [number for number in range(16) if registers >> number & 1]

    def step(cpu: Cpu) -> None:
        cpu.r[SP] = top = cpu.r[SP] - 4 * len(pushed) & WORD
        for place, number in enumerate(pushed):
            cpu.store(top + 4 * place, 4, cpu.r[number])

    return step


def _pop(registers: int) -> Step:
    popped = [number for number in range(16) if registers >> number & 1]

    def step(cpu: Cpu) -> int | None:
        top = cpu.r[SP]
        cpu.r[SP] = top + 4 * len(popped) & WORD
        for place, number in enumerate(popped):
            cpu.r[number] = cpu.load(top + 4 * place & WORD, 4)
        return cpu.jump(cpu.r[PC]) if popped and popped[-1] == PC else None

    return step


def _move(name: str, shape: str, address: int, to: int, source: int) -> Step:
    if name == "mov" and shape == "rr":

        def move(cpu: Cpu) -> int | None:
            word = address + PREFETCHED if source == PC else cpu.r[source]
            if to == PC:
                return cpu.jump(word | THUMB)
            cpu.r[to] = word & ~3 if to == SP else word
            return None

        return move

    def number(cpu: Cpu) -> None:
        kept = cpu.r[to] & 0xFFFF | source << 16 if name == "movt" else source
        cpu.r[to] = tested(cpu, kept) if name == "mov" else kept

    return number


def _other(name: str) -> Step:
    def data(cpu: Cpu) -> None:
        raise Fault("data can't be run as instructions here: b(...) to a label behind it", NotImplementedError)

    def nothing(cpu: Cpu) -> None:
        """nop, and it: what that says is with the instructions behind it."""

    special: dict[str, Callable[[Cpu], None]] = {
        "data": data,
        "cpsid": lambda cpu: cpu.mask(True),
        "cpsie": lambda cpu: cpu.mask(False),
        "wfi": lambda cpu: cpu.wait(),
    }
    return special.get(name, nothing)


def conditional(statement: Statement, step: Step, condition: str, otherwise: bool) -> Step:
    """`step` behind an `it`, where only comparisons set flags. `otherwise`: an e of `ite`."""
    holds = HOLDS[condition]
    sets_flags = statement.operation.split()[0] in (*COMPARED, "vmrs")

    def run(cpu: Cpu) -> int | None:
        if bool(holds(cpu)) == otherwise:
            return None
        before = cpu.flags()
        target = step(cpu)
        if not sets_flags:
            cpu.set_flags(before)
        return target

    return run
