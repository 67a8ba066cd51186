"""A function's bytecode in a board's memory: its name, its file, and the line of a place in it (py/bc.h)."""

from __future__ import annotations

from dataclasses import dataclass

from .memory import BadAddress
from .objects import Objects

LONGEST = 1 << 16  # bytes of bytecode that a function is believed to have


@dataclass(frozen=True)
class Code:
    """What a function object was compiled to. `start` is its first instruction; `module`: its module's globals."""

    name: str
    file: str
    values: int
    start: int
    module: int
    _lines: bytes

    @property
    def has_lines(self) -> bool:
        return bool(self._lines)

    def has(self, place: int) -> bool:
        return self.start <= place < self.start + LONGEST

    def line(self, place: int) -> int:
        """The source line of the instruction before `place`."""
        left, line, lines, at = place - self.start, 1, self._lines, 0
        while at < len(lines):
            first = lines[at]
            if first & 0x80:
                if at + 1 == len(lines):
                    break
                size, step = first & 0xF, (first << 4) & 0x700 | lines[at + 1]
                at += 2
            else:
                size, step = first & 0x1F, first >> 5
                at += 1
            if left < size:
                break
            left -= size
            line += step
        return line


def code_of(objects: Objects, function: int) -> Code:
    """The code of a function, or of a function that makes generators. Raises BadAddress if it is neither."""
    memory = objects.memory
    if objects.type_name(function) not in ("function", "generator"):
        raise BadAddress(f"0x{function:08x} is no function")
    context, bytecode = memory.word(function + 4), memory.word(function + 12)
    names = memory.word(context + 8)
    at = _Reader(memory.read(bytecode, 64), bytecode)
    values, arguments = at.signature()
    info, cells = at.sizes()
    lines_end = at.address + info
    name = memory.half(names + 2 * at.number())
    for _ in range(arguments):
        at.number()
    return Code(
        name=objects.name(name),
        file=objects.name(memory.half(names)),  # the first name of a module is its file's
        values=values,
        start=lines_end + cells,
        module=memory.word(context + 4),
        _lines=memory.read(at.address, lines_end - at.address),
    )


class _Reader:
    """The head of a bytecode, read from its first byte on."""

    def __init__(self, head: bytes, address: int) -> None:
        self._head = head
        self._base = address
        self._at = 0

    @property
    def address(self) -> int:
        return self._base + self._at

    def byte(self) -> int:
        if self._at == len(self._head):
            raise BadAddress("no bytecode")
        self._at += 1
        return self._head[self._at - 1]

    def signature(self) -> tuple[int, int]:
        """(values on its stack and locals, arguments): six numbers in interleaved bits, of which two matter."""
        byte = self.byte()
        values, positional, keyword = byte >> 3 & 0xF, byte & 3, 0
        step = 0
        while byte & 0x80:
            byte = self.byte()
            values |= (byte & 0x30) << 2 * step
            positional |= (byte & 4) << step
            keyword |= (byte & 8) >> 3 << step
            step += 1
        return values + 1, positional + keyword

    def sizes(self) -> tuple[int, int]:
        """(bytes of names and lines, bytes of cells), in interleaved bits."""
        info = cells = step = 0
        while True:
            byte = self.byte()
            cells |= (byte & 1) << step
            info |= (byte >> 1 & 0x3F) << 6 * step
            step += 1
            if not byte & 0x80:
                return info, cells

    def number(self) -> int:
        value = 0
        while True:
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value
