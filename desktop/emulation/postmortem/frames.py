"""Where in its Python code a core is, or a coroutine that waits: the frames, innermost first.

MicroPython keeps no list of the frames of a core. But each running frame has a block of state, to which the
interpreter's registers point, saved on the core's stack by whatever it has called. So the stack is searched for words
that lead to such blocks, and what is one can be told from chance: its function is a function object, its place lies
in that function's bytecode, its sizes agree with what the bytecode says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .bytecode import Code, code_of
from .memory import BadAddress
from .objects import Objects, in_ram

NEAR = 256  # bytes of bytecode around a place, in which a register that has another one is believed
REACH = 512  # bytes from a word that the interpreter has saved to the block on the stack that it leads to
DEEPEST = 16384  # bytes of stack that are searched: more than either core has
STATE = 20  # offset of the values in a block of state
YIELD_FROM = 0x68  # the instruction of an await, at which a frame stays until it is done (py/bc0.h)
COROUTINE_STATE = 8  # offset of the block in a generator object


@dataclass(frozen=True)
class Frame:
    """One call. `values`: where its stack and locals are; `top`: where on its stack it is, right when it waits."""

    code: Code
    place: int
    values: int
    top: int

    @property
    def line(self) -> int:
        return self.code.line(self.place)

    def __str__(self) -> str:
        return f"{self.where}, in {self.code.name}"

    @property
    def where(self) -> str:
        """File and line; only the file if it was compiled without lines, as what is built into the firmware is."""
        return f"{self.code.file}:{self.line}" if self.code.has_lines else self.code.file

    def first_argument(self, objects: Objects) -> int:
        """The object that a method's first argument, as a rule self, has."""
        return objects.memory.word(self.values + 4 * (self.code.values - 1))


def frames_of_core(objects: Objects, registers: Sequence[int], asleep: bool) -> list[Frame]:
    """The frames of a core that stopped with these registers, asleep or not."""
    found: dict[int, tuple[int, Frame]] = {}  # the frame of a block, and where on the stack a word leads to it
    for position, address in _candidates(objects, registers):
        if address in found:
            if not _on_stack(found[address][0], address) and _on_stack(position, address):
                found[address] = position, found[address][1]
        elif (frame := frame_at(objects, address)) is not None:
            found[address] = position, frame
    frames = _in_order(found)
    if frames and not asleep:
        frames[0] = _looping(frames[0], registers)
    return frames


def _looping(frame: Frame, registers: Sequence[int]) -> Frame:
    """The innermost frame of a core that computes: the interpreter notes its place only where something can be raised,
    and has the present one in a register."""
    code, noted = frame.code, frame.place
    near = [value for value in registers[4:12] if code.start < value and abs(value - noted) < NEAR]
    return replace(frame, place=min(near, key=lambda value: abs(value - noted), default=noted))


def _on_stack(position: int, address: int) -> bool:
    """Whether a block is on the stack, a little above the word that leads to it, which its interpreter has saved. A
    large block is in the heap, where core 1's stack is, too: so its address alone says nothing."""
    return position <= address < position + REACH


def _in_order(found: dict[int, tuple[int, Frame]]) -> list[Frame]:
    """Without what earlier calls have left: a block that is on the stack lies above those of the calls it has made."""
    frames = []
    highest = 0
    for address, (position, frame) in sorted(found.items(), key=lambda item: item[1][0]):
        if _on_stack(position, address):
            if address < highest:
                continue
            highest = address
        frames.append(frame)
    return frames


def _candidates(objects: Objects, registers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(where on the stack, word) of what may lead to a block; a register counts as the stack's first word."""
    stack = registers[13]
    yield from ((stack, value) for value in registers[:13] if in_ram(value))
    for address in range(stack, stack + DEEPEST, 4):
        try:
            value = objects.memory.word(address)
        except BadAddress:
            return
        if in_ram(value) and not value & 3:
            yield address, value


def frame_at(objects: Objects, address: int) -> Frame | None:
    """The frame whose block of state is at `address`; None if there is none."""
    memory = objects.memory
    try:
        function, place, top = (memory.word(address + 4 * n) for n in range(3))
        code = code_of(objects, function)
        values = address + STATE
        fits = memory.half(address + 12) == code.values and code.has(place)
        if not fits or not values - 4 <= top < values + 4 * code.values or top & 3:
            return None
        return Frame(code, place, values, top)
    except BadAddress:
        return None


def frames_of_coroutine(objects: Objects, coroutine: int) -> list[Frame]:
    """The frames of a coroutine that waits: what it awaits, if that is Python code too, comes before it."""
    frames: list[Frame] = []
    while objects.kind(coroutine) == "generator" and len(frames) < 64:
        frame = frame_at(objects, coroutine + COROUTINE_STATE)
        if frame is None:
            break
        frames.insert(0, frame)
        if objects.memory.byte(frame.place) != YIELD_FROM:
            break
        coroutine = objects.memory.word(frame.top - 4)  # under what it has yielded
    return frames
