"""What the floating point instructions of `@micropython.asm_thumb` do, which boards with a Cortex-M4 have: in 32 bits.

Registers hold words, as the processor's do. A result is the exact one, rounded once: for these operations numbers of 64
bits are exact enough. What is no number is always the same word (a board's may keep bits of the one it comes from).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from .thumb_forms import WORD
from .thumb_instructions import Cpu, Step

NO_NUMBER, INFINITY, MINUS = 0x7FC00000, 0x7F800000, 0x80000000
LEAST, MOST = -(1 << 31), (1 << 31) - 1
LESS, EQUAL, GREATER, UNORDERED = 0b1000, 0b0110, 0b0010, 0b0011  # N, Z, C and V, from the left
FLAGS_AT = 28  # in FPSCR


def number_of(word: int) -> float:
    found: float = struct.unpack("<f", struct.pack("<I", word))[0]
    return found


def word_of(number: float) -> int:
    """The word of the nearest number of 32 bits."""
    if number != number:
        return NO_NUMBER
    try:
        found: int = struct.unpack("<I", struct.pack("<f", number))[0]
    except OverflowError:
        return INFINITY | (MINUS if number < 0 else 0)
    return found


def quotient(left: float, right: float) -> float:
    if right:
        return left / right
    sign = math.copysign(1, left) * math.copysign(1, right)
    return math.nan if not left or left != left else math.copysign(math.inf, sign)


OF_TWO: dict[str, Callable[[float, float], float]] = {
    "vadd": lambda left, right: left + right,
    "vsub": lambda left, right: left - right,
    "vmul": lambda left, right: left * right,
    "vdiv": quotient,
}


def as_integer(word: int) -> int:
    """Towards 0, and the nearest that there is; 0 for what is no number."""
    number = number_of(word)
    if number != number:
        return 0
    return int(max(LEAST, min(MOST, number))) & WORD


def root(word: int) -> int:
    number = number_of(word)
    return NO_NUMBER if number < 0 else word_of(math.sqrt(number))


OF_ONE: dict[str, Callable[[int], int]] = {
    "vsqrt": root,
    "vneg": lambda word: word ^ MINUS,
    "vcvt_f32_s32": lambda word: word_of(float(word - (word >> 31 << 32))),
    "vcvt_s32_f32": as_integer,
}


def compared(left: float, right: float) -> int:
    """The flags that tell how they are to each other."""
    if left < right:
        return LESS
    if left == right:
        return EQUAL
    return GREATER if left > right else UNORDERED


def float_step_of(name: str, shape: str, operands: tuple[int, ...]) -> Step:
    """As `step_of`, for the instructions whose names begin with a v. `shape`: a letter for each operand, or pair."""
    if name in OF_TWO:
        return _of_two(OF_TWO[name], *operands)
    if name in OF_ONE:
        return _of_one(OF_ONE[name], *operands)
    if name == "vmrs":
        return _status(shape, operands)
    first, *others = operands

    def vcmp(cpu: Cpu) -> None:
        cpu.fpscr = compared(number_of(cpu.s[first]), number_of(cpu.s[others[0]])) << FLAGS_AT

    def vmov(cpu: Cpu) -> None:
        if shape == "rs":
            cpu.r[first] = cpu.s[others[0]]
        else:
            cpu.s[first] = cpu.r[others[0]]

    def vldr(cpu: Cpu) -> None:
        cpu.s[first] = cpu.load(cpu.r[others[0]] + others[1] // 4 * 4 & WORD, 4)

    def vstr(cpu: Cpu) -> None:
        cpu.store(cpu.r[others[0]] + others[1] // 4 * 4 & WORD, 4, cpu.s[first])

    steps: dict[str, Step] = {"vcmp": vcmp, "vmov": vmov, "vldr": vldr, "vstr": vstr}
    return steps[name]


def _of_two(compute: Callable[[float, float], float], to: int, left: int, right: int) -> Step:
    def step(cpu: Cpu) -> None:
        cpu.s[to] = word_of(compute(number_of(cpu.s[left]), number_of(cpu.s[right])))

    return step


def _of_one(compute: Callable[[int], int], to: int, source: int) -> Step:
    def step(cpu: Cpu) -> None:
        cpu.s[to] = compute(cpu.s[source])

    return step


def _status(shape: str, operands: tuple[int, ...]) -> Step:
    """vmrs: what vcmp found, to a register or, as APSR_nzcv, to the flags that branches look at."""

    def step(cpu: Cpu) -> None:
        if shape == "r":
            cpu.r[operands[0]] = cpu.fpscr
            return
        found = cpu.fpscr >> FLAGS_AT
        cpu.set_flags((found >> 3 & 1, found >> 2 & 1, found >> 1 & 1, found & 1))

    return step
