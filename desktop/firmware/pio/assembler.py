"""asm_pio: a decorated function becomes a PIO program, the same words and settings that MicroPython makes of it.

The function is called twice with its own names for instructions and operands, as MicroPython does: first to see where
the labels are and whether all instructions side-set, then for the words. What MicroPython lets pass, as `set(x, 33)`,
passes here too, and gives the same wrong word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from pathlib import Path
from types import FunctionType
from typing import Any

PIN = 6  # among the sources of `wait`; elsewhere it is the ISR's number
EXEC = 8  # which `out` and `mov` number differently
OPERANDS: dict[str, Any] = {
    "gpio": 0, "pins": 0, "x": 1, "y": 2, "null": 3, "pindirs": 4, "pc": 5, "status": 5, "pin": PIN, "isr": 6, "osr": 7,
    "exec": EXEC, "invert": lambda source: source | 0x08, "reverse": lambda source: source | 0x10,
    "not_x": 1, "x_dec": 2, "not_y": 3, "y_dec": 4, "x_not_y": 5, "not_osre": 7,
    "noblock": 0x01, "block": 0x21, "iffull": 0x40, "ifempty": 0x40, "clear": 0x40, "rel": lambda number: number | 0x10,
}  # fmt: skip
INSTRUCTIONS = "nop jmp wait in_ out push pull mov irq set word".split()
DIRECTIVES = "wrap_target wrap label".split()
CONSTANT = re.compile(r"^(\w+)\s*=\s*const\(", re.MULTILINE)


class PIOASMError(Exception):
    """What is wrong with a PIO program."""

    __module__ = "rp2"


class PIOASMEmit:
    """One program while it is assembled: the methods are its instructions, and each returns what takes `.side` and
    `[delay]`. The arguments are those of `asm_pio`."""

    def __init__(
        self, *, out_init: Any = None, set_init: Any = None, sideset_init: Any = None, side_pindir: bool = False,
        in_shiftdir: int = 0, out_shiftdir: int = 0, autopush: bool = False, autopull: bool = False,
        push_thresh: int = 32, pull_thresh: int = 32, fifo_join: int = 0,
    ) -> None:
        self.shiftctrl = (
            fifo_join << 30 | (pull_thresh & 0x1F) << 25 | (push_thresh & 0x1F) << 20 | out_shiftdir << 19
            | in_shiftdir << 18 | autopull << 17 | autopush << 16
        )  # fmt: skip
        self.inits = [out_init, set_init, sideset_init]
        self.side_pindir = side_pindir
        self.sideset_count = 0
        if sideset_init is not None:
            self.sideset_count = 1 if isinstance(sideset_init, int) else len(sideset_init)
        self._sides = 0
        self.optional = False  # some instructions do not side-set, so one bit says which do
        self.labels: dict[Hashable, int] = {}
        self.words: list[int] = []
        self.number = -1  # of the pass
        self._begin(0)

    def _begin(self, number: int) -> None:
        if number:
            self.optional = self.sideset_count > 0 and self._sides != len(self.words)
            self.sideset_count += self.optional
        self.number = number
        self.delay_max = 31 >> self.sideset_count
        self.words = []
        self.target, self.top = 0, -1
        self._sides = 0

    def assemble(self, program: Callable[[], object]) -> None:
        """Call `program`, in which the names are bound to this, twice."""
        program()
        self._begin(1)
        program()

    def execctrl(self) -> int:
        """The register's value for a program that begins at 0."""
        top = self.top if self.top >= 0 else max(0, len(self.words) - 1)
        return bool(self.optional) << 30 | bool(self.side_pindir) << 29 | top << 12 | self.target << 7

    # Directives

    def wrap_target(self) -> None:
        self.target |= len(self.words)  # MicroPython joins several, too

    def wrap(self) -> None:
        assert self.words, "wrap() has to stand behind an instruction"
        self.top = max(0, self.top) | len(self.words) - 1

    def label(self, label: Hashable) -> None:
        if self.number == 0:
            if label in self.labels:
                raise PIOASMError(f"duplicate label {label}")
            self.labels[label] = len(self.words)

    # Instructions

    def word(self, instr: int, label: Hashable = None) -> PIOASMEmit:
        place = 0
        if self.number > 0 and label is not None:
            if label not in self.labels:
                raise PIOASMError(f"unknown label {label}")
            place = self.labels[label]
        self.words.append((instr | place) & 0xFFFF)
        return self

    def nop(self) -> PIOASMEmit:
        return self.word(0xA042)

    def jmp(self, cond: Any, label: Hashable = None) -> PIOASMEmit:
        if label is None:
            cond, label = 0, cond
        return self.word(cond << 5, label)

    def wait(self, polarity: int, src: Any, index: int) -> PIOASMEmit:
        source = 0x20 if src == PIN else 0x40 if src != 0 else 0
        return self.word(0x2000 | polarity << 7 | source | index)

    def in_(self, src: int, data: int) -> PIOASMEmit:
        return self.word(0x4000 | src << 5 | self._bits(data))

    def out(self, dest: int, data: int) -> PIOASMEmit:
        return self.word(0x6000 | (7 if dest == EXEC else dest) << 5 | self._bits(data))

    @staticmethod
    def _bits(count: int) -> int:
        if not 0 < count <= 32:
            raise PIOASMError(f"invalid bit count {count}")
        return count & 0x1F

    def push(self, value: int = 0, value2: int = 0) -> PIOASMEmit:
        return self.word(0x8000 | self._blocking(value | value2))

    def pull(self, value: int = 0, value2: int = 0) -> PIOASMEmit:
        return self.word(0x8080 | self._blocking(value | value2))

    @staticmethod
    def _blocking(value: int) -> int:
        return (value if value & 1 else value | 0x20) & 0x60

    def mov(self, dest: int, src: int) -> PIOASMEmit:
        return self.word(0xA000 | (4 if dest == EXEC else dest) << 5 | src)

    def irq(self, mod: int, index: int | None = None) -> PIOASMEmit:
        if index is None:
            mod, index = 0, mod
        return self.word(0xC000 | (mod & 0x60) | index)

    def set(self, dest: int, data: int) -> PIOASMEmit:
        return self.word(0xE000 | dest << 5 | data)

    # Behind an instruction

    def delay(self, delay: int) -> PIOASMEmit:
        if self.number > 0:
            if delay > self.delay_max:
                raise PIOASMError(f"delay too large: {delay}, and beside this side-set it is {self.delay_max} at most")
            self._add(delay << 8)
        return self

    __getitem__ = delay

    def side(self, value: int) -> PIOASMEmit:
        self._sides += 1
        if self.number > 0:
            if self.sideset_count == 0:
                raise PIOASMError("no sideset: asm_pio needs sideset_init=... for it")
            if value >= 1 << self.sideset_count:
                raise PIOASMError(f"sideset too large: {value} is not one of so few pins")
            self._add(self.optional << 12 | value << (13 - self.sideset_count))
        return self

    def _add(self, bits: int) -> None:
        self.words[-1] = (self.words[-1] | bits) & 0xFFFF


class _Single(PIOASMEmit):
    """One instruction alone, which has no labels to jump to; `count` has the bit of an optional side-set in it."""

    def __init__(self, count: int, optional: bool) -> None:
        super().__init__()
        self.sideset_count = count
        self.optional = optional
        self.delay_max = 31 >> (count + optional)
        self.number = 1

    def jmp(self, cond: Any, label: Hashable = None) -> PIOASMEmit:
        raise TypeError("a jmp can't be encoded alone, as it has no labels: give its number, 0 to 31 for an address")


def names_of(emit: PIOASMEmit, directives: bool = True) -> dict[str, Any]:
    """The names that a program sees."""
    methods = [*INSTRUCTIONS, *DIRECTIVES] if directives else INSTRUCTIONS
    return {**OPERANDS, **{name: getattr(emit, name) for name in methods}}


def assemble(program: Callable[[], object], settings: dict[str, Any], array: Callable[..., Any]) -> list[Any]:
    """What `asm_pio(**settings)(program)` returns: words, offsets in two PIOs, EXECCTRL, SHIFTCTRL, the pins' inits.

    Args: array, the type of the words. PIOASMError, NameError for what is no instruction, TypeError for what is none
    of `asm_pio`'s arguments.
    """
    emit = PIOASMEmit(**settings)
    if not isinstance(program, FunctionType):
        kind = type(program).__name__
        raise AttributeError(f"{kind!r} object has no attribute '__globals__': asm_pio is for functions")
    names = {**_constants(program), **names_of(emit), "__builtins__": program.__globals__["__builtins__"]}
    bound = FunctionType(program.__code__, names, program.__name__, program.__defaults__, program.__closure__)
    bound.__kwdefaults__ = program.__kwdefaults__
    emit.assemble(bound)
    return [array("H", emit.words), -1, -1, emit.execctrl(), emit.shiftctrl, *emit.inits]


def _constants(program: FunctionType) -> dict[str, Any]:
    """The names of its module that MicroPython's compiler puts in as numbers: a program sees no others of them."""
    try:
        text = Path(program.__code__.co_filename).read_text("utf-8-sig")
    except (OSError, ValueError):
        return {}
    names = CONSTANT.findall(text)
    return {name: program.__globals__[name] for name in names if name in program.__globals__}


def encode(instruction: str, sideset_count: int, sideset_opt: bool, builtins: dict[str, Any]) -> int:
    """The word of one instruction. SyntaxError, NameError, PIOASMError, and TypeError for a `jmp`."""
    if not isinstance(instruction, str):
        raise TypeError(f"an instruction is text, as \"set(pins, 1)\", not {type(instruction).__name__}")
    emit = _Single(sideset_count, sideset_opt)
    exec(instruction, {**names_of(emit, directives=False), "__builtins__": builtins})
    if len(emit.words) != 1:
        raise PIOASMError(f"expecting exactly 1 instruction, not {len(emit.words)}")
    return emit.words[0]
