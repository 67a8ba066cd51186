"""`uctypes`: structures over a buffer, by MicroPython's descriptions of their layout.

A scalar is `offset | type`, a bit field has its position and length besides; a tuple is an array, a pointer or a
structure within. Addresses are those of buffers that the application has asked for, with `addressof`.
"""

from __future__ import annotations

import struct
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .memory import Memory
    from .world import World

LITTLE_ENDIAN, BIG_ENDIAN, NATIVE = 0, 1, 2
TYPE_AT, OFFSET = 27, (1 << 27) - 1
SCALARS = ("UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "UINT64", "INT64")
CODES = "BbHhIiQq"
BITFIELDS = ("BFUINT8", "BFINT8", "BFUINT16", "BFINT16", "BFUINT32", "BFINT32")
BF_POS, BF_LEN = 17, 22
BF_OFFSET = (1 << BF_POS) - 1
FLOAT32, FLOAT64 = 14, 15
VOID = 0
STRUCT, PTR, ARRAY = 0, 0x20000000, 0x40000000
TYPES = 0x60000000
POINTER_SIZE = 4

# A scalar's type in bits 27 to 30 of an int; in a tuple's first item, bits 29 and 30 say array, pointer or structure.
FORMATS = {**dict(enumerate(CODES)), FLOAT32: "f", FLOAT64: "d"}


def _scalar(kind: int) -> int:
    return kind << TYPE_AT


def _format(kind: int) -> str:
    code = FORMATS.get(kind)
    if code is None:
        raise ValueError(f"no such type in a layout: {kind}")
    return code


class Struct:
    """`uctypes.struct(address, layout, order)`: attributes by the names in the layout."""

    _names = frozenset(("_view_", "_at_", "_layout_", "_kind_", "_order_", "_memory_"))

    def __init__(self, memory: Memory, where: Any, layout: dict[str, Any], order: int = NATIVE, at: int = 0) -> None:
        if not isinstance(layout, (dict, tuple)):
            raise TypeError(f"a layout is a dict, not a {type(layout).__name__}")
        self._memory_ = memory
        self._view_ = memory.at(where) if isinstance(where, int) else where
        self._at_ = at
        self._layout_ = layout
        self._kind_ = order
        little = order == LITTLE_ENDIAN or (order == NATIVE and sys.byteorder == "little")
        self._order_ = "<" if little else ">"

    def __getattr__(self, name: str) -> Any:
        return self._get_(self._field_(name))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._names:
            object.__setattr__(self, name, value)
        else:
            self._set_(self._field_(name), value)

    def __bytes__(self) -> bytes:
        return bytes(self._view_[self._at_ : self._at_ + size_of(self)])

    def _field_(self, name: str) -> Any:
        try:
            return self._layout_[name]
        except KeyError:
            raise KeyError(f"the layout has no {name!r}: it has {', '.join(self._layout_)}") from None  # as on a board

    def _get_(self, field: Any) -> Any:
        if isinstance(field, int):
            return self._get_scalar_(field)
        return self._aggregate_(field)

    def _get_scalar_(self, field: int) -> Any:
        kind = field >> TYPE_AT & 15
        bits = _bitfield(field)
        if bits is None:
            return struct.unpack_from(self._order_ + _format(kind), self._view_, self._at_ + (field & OFFSET))[0]
        code, offset, position, length = bits
        word = struct.unpack_from(self._order_ + code.upper(), self._view_, self._at_ + offset)[0]
        return word >> position & (1 << length) - 1  # never negative, not even that of a BFINT, as on a board

    def _set_(self, field: Any, value: Any) -> None:
        if not isinstance(field, int):
            raise TypeError("an array, a pointer or a structure is not set as a whole: set what is in it")
        kind = field >> TYPE_AT & 15
        bits = _bitfield(field)
        if bits is None:
            code = _format(kind)
            if code not in "fd":  # cut to its size, as a board does
                size = struct.calcsize(code)
                value = int(value) & (1 << 8 * size) - 1
                code = code.upper()
            struct.pack_into(self._order_ + code, self._view_, self._at_ + (field & OFFSET), value)
            return
        code, offset, position, length = bits
        code = self._order_ + code.upper()
        mask = (1 << length) - 1
        word = struct.unpack_from(code, self._view_, self._at_ + offset)[0]
        struct.pack_into(code, self._view_, self._at_ + offset, word & ~(mask << position) | (value & mask) << position)

    def _aggregate_(self, field: tuple[Any, ...]) -> Any:
        offset = self._at_ + (field[0] & (1 << 29) - 1)
        kind = field[0] & TYPES
        if kind == STRUCT:
            return self._within_(self._view_, offset, field[1])
        if kind == ARRAY:
            if isinstance(field[1], int) and len(field) == 2:
                count, item = field[1] & OFFSET, field[1] >> TYPE_AT & 15
                if item == 0:  # bytes, as a board gives them
                    return self._view_[offset : offset + count]
                return _Items(self, self._view_, offset, _scalar(item), count)
            return _Items(self, self._view_, offset, field[2], field[1])
        address = struct.unpack_from(self._order_ + "I", self._view_, offset)[0]
        return _Items(self, self._memory_.at(address), 0, field[1], None)

    def _within_(self, view: memoryview, offset: int, layout: Any) -> Struct:
        return Struct(self._memory_, view, layout, self._kind_, offset)


class _Items:
    """An array, or what a pointer points to, by index."""

    def __init__(self, owner: Struct, view: memoryview, offset: int, item: Any, count: int | None) -> None:
        self._owner = owner
        self._view = view
        self._offset = offset
        self._item = _scalar(item >> TYPE_AT & 15) if isinstance(item, int) else item
        self._count = count

    def __len__(self) -> int:
        if self._count is None:
            raise TypeError("a pointer has no length")
        return self._count

    def _place(self, index: int) -> Struct:
        if index < 0 or (self._count is not None and index >= self._count):
            raise IndexError(f"struct: index {index} out of range of {self._count} items")
        step = size_of(self._item, self._owner._kind_) if not isinstance(self._item, int) else _scalar_size(self._item)
        layout = {"item": self._item} if isinstance(self._item, int) else self._item
        return self._owner._within_(self._view, self._offset + index * step, layout)

    def __getitem__(self, index: int) -> Any:
        place = self._place(index)
        return place.item if isinstance(self._item, int) else place

    def __setitem__(self, index: int, value: Any) -> None:
        self._place(index).item = value


def _bitfield(field: int) -> tuple[str, int, int, int] | None:
    """(code, offset, position, length) if it is one."""
    kind = field >> TYPE_AT & 15
    if not 8 <= kind < 8 + len(BITFIELDS):
        return None
    return CODES[kind - 8], field & BF_OFFSET, field >> BF_POS & 31, field >> BF_LEN & 31 or 32


def _scalar_size(field: int) -> int:
    bits = _bitfield(field)
    return struct.calcsize("<" + (bits[0] if bits else _format(field >> TYPE_AT & 15)))


def _field_end(field: Any, order: int) -> tuple[int, int]:
    """Where a field ends, and to what it is aligned."""
    if isinstance(field, int):
        size = _scalar_size(field)
        offset = field & (BF_OFFSET if _bitfield(field) else OFFSET)
        return offset + size, size
    offset, kind = field[0] & (1 << 29) - 1, field[0] & TYPES
    if kind == PTR:
        return offset + POINTER_SIZE, POINTER_SIZE
    if kind == STRUCT:
        return offset + size_of(field[1], order), _alignment(field[1])
    if len(field) == 2:
        size = _scalar_size(_scalar(field[1] >> TYPE_AT & 15))
        return offset + size * (field[1] & OFFSET), size
    return offset + size_of(field[2], order) * field[1], _alignment(field[2])


def _alignment(layout: dict[str, Any]) -> int:
    return max((_field_end(field, NATIVE)[1] for field in layout.values()), default=1)


def size_of(layout: Any, order: int = NATIVE) -> int:
    """Bytes that a structure of this layout takes; in native order the end is aligned as the largest of its scalars."""
    if isinstance(layout, tuple):
        return _field_end(layout, order)[0] - (int(layout[0]) & (1 << 29) - 1)
    if isinstance(layout, Struct):
        layout, order = layout._layout_, layout._kind_
    end = max((_field_end(field, order)[0] for field in layout.values()), default=0)
    if order != NATIVE:
        return end
    align = _alignment(layout)
    return -(-end // align) * align


def make(world: World) -> ModuleType:
    """`uctypes` for the application of one board."""
    memory = world.memory

    def struct_(where: Any, layout: Any, order: int = NATIVE) -> Any:
        if not isinstance(where, int):
            raise TypeError(f"can't convert {type(where).__name__} to int: uctypes.addressof() gives its address")
        whole = Struct(memory, where, layout, order)
        return whole._aggregate_(layout) if isinstance(layout, tuple) else whole  # an array, say

    def bytes_at(address: int, size: int) -> bytes:
        return bytes(memory.at(address, size))

    names = {name: _scalar(number) for number, name in enumerate((*SCALARS, *BITFIELDS))}
    aliases = {
        "SHORT": "INT16", "USHORT": "UINT16", "INT": "INT32", "UINT": "UINT32", "LONG": "INT32", "ULONG": "UINT32",
        "LONGLONG": "INT64", "ULONGLONG": "UINT64",
    }
    return module(
        "uctypes",
        **names,
        **{alias: names[name] for alias, name in aliases.items()},
        ARRAY=ARRAY,
        BF_LEN=BF_LEN,
        BF_POS=BF_POS,
        BIG_ENDIAN=BIG_ENDIAN,
        FLOAT32=_scalar(FLOAT32),
        FLOAT64=_scalar(FLOAT64),
        LITTLE_ENDIAN=LITTLE_ENDIAN,
        NATIVE=NATIVE,
        PTR=PTR,
        VOID=VOID,
        addressof=memory.address_of,
        bytearray_at=memory.at,
        bytes_at=bytes_at,
        sizeof=size_of,
        struct=struct_,
    )
