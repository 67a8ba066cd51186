"""MicroPython's objects in a board's memory: names, small values, dicts, instances. For 32-bit builds, as rp2's are.

The layouts are those of MicroPython 1.24 to 1.27 (py/obj.h, py/objtype.h, py/map.h, py/qstr.h). Nothing here trusts
what it finds: memory that a core was just changing, or another layout, ends in BadAddress or in None.
"""

from __future__ import annotations

from collections.abc import Iterator

from .memory import FLASH, RAM, BadAddress, Memory

NONE, FALSE, TRUE = 6, 14, 30
MOST_TABLE = 4096  # entries of a dict, and names of a pool, beyond which it is taken for none


class Objects:
    """The objects of one board. An object is a number: its address, or a small value with a tag in its low bits."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._pools = _find_pools(memory)

    def name(self, qstr: int) -> str:
        """The text of an interned string."""
        for pool in self._pools:
            if qstr >= pool.first:
                return pool.text(self.memory, qstr)
        raise BadAddress(f"no name {qstr}")

    def type_name(self, value: int) -> str:
        """The name of an object's type: "int", "str", "NoneType" for what is no address."""
        if value & 1:
            return "int"
        if value & 3 == 2:
            return {NONE: "NoneType", FALSE: "bool", TRUE: "bool"}.get(value, "str")
        kind = self.memory.word(value)
        metatype = self.memory.word(kind)
        if self.memory.word(metatype) != metatype:  # the type of types is of type type
            raise BadAddress(f"0x{value:08x} is no object")
        return self.name(self.memory.half(kind + 6))

    def kind(self, value: int) -> str | None:
        """As type_name; None if there is no object."""
        try:
            return self.type_name(value) if value else None
        except BadAddress:
            return None

    def integer(self, value: int | None) -> int | None:
        """A small int's value; None if it is none."""
        if value is None or not value & 1:
            return None
        return (value - (1 << 32) if value & 0x80000000 else value) >> 1

    def built_in(self, name: str) -> int:
        """The object that a module in the firmware has under this name; 0 if there is none."""
        for pool in self._pools:
            for n in range(pool.count):
                if pool.text(self.memory, pool.first + n) == name:
                    return self._entry((pool.first + n) << 3 | 2)
        return 0

    def _entry(self, key: int) -> int:
        """The value of this key in some module's table in flash."""
        flash, wanted = self.memory.flash, key.to_bytes(4, "little")
        at = flash.find(wanted)
        while at >= 0:
            if not at & 3 and self.kind(value := int.from_bytes(flash[at + 4 : at + 8], "little")):
                return value
            at = flash.find(wanted, at + 1)
        return 0

    def string(self, value: int | None) -> str | None:
        """A str's text; None if it is none."""
        if value is None:
            return None
        if value & 7 == 2:
            return self.name(value >> 3)
        if self.kind(value) != "str":
            return None
        length, data = self.memory.word(value + 8), self.memory.word(value + 12)
        return self.memory.read(data, length).decode(errors="replace")

    def attributes(self, instance: int) -> dict[str, int]:
        """What an instance of a class written in Python has."""
        return {text: value for key, value in self._map(instance + 4) if (text := self.string(key)) is not None}

    def items(self, dictionary: int) -> list[tuple[int, int]]:
        """The (key, value) pairs of a dict."""
        return list(self._map(dictionary + 4))

    def globals(self, dictionary: int) -> dict[str, int]:
        """A dict whose keys are names."""
        return self.attributes(dictionary)

    def elements(self, value: int) -> list[int]:
        """The elements of a list or a tuple; of anything else none."""
        kind = self.kind(value)
        if kind == "tuple":
            length, data = self.memory.word(value + 4), value + 8
        elif kind == "list":
            length, data = self.memory.word(value + 8), self.memory.word(value + 12)
        else:
            return []
        return [self.memory.word(data + 4 * n) for n in range(min(length, MOST_TABLE))]

    def _map(self, address: int) -> Iterator[tuple[int, int]]:
        flags, size, table = (self.memory.word(address + 4 * n) for n in range(3))
        if size > MOST_TABLE or flags >> 3 > size:
            raise BadAddress(f"no dict at 0x{address:08x}")
        for entry in range(table, table + 8 * size, 8):
            key = self.memory.word(entry)
            if key not in (0, 4):  # free, deleted
                yield key, self.memory.word(entry + 4)


class _Pool:
    """Interned strings: those from number `first` on. `hashed`: whether the build keeps hashes in a table of theirs."""

    def __init__(self, memory: Memory, address: int, hashed: bool) -> None:
        words = [memory.word(address + 4 * n) for n in range(6)]
        self.older, self.first = words[0], words[1] & 0x7FFFFFFF
        self.count = words[3]  # words[2], the room for more, means nothing in a pool in flash
        self._lengths = words[5] if hashed else words[4]
        self._texts = address + (24 if hashed else 20)
        if self.count > 4 * MOST_TABLE:
            raise BadAddress(f"no names at 0x{address:08x}")

    def text(self, memory: Memory, qstr: int) -> str:
        n = qstr - self.first
        if n >= self.count:
            raise BadAddress(f"no name {qstr}")
        return memory.read(memory.word(self._texts + 4 * n), memory.byte(self._lengths + n)).decode(errors="replace")

    def checked(self, memory: Memory) -> _Pool:
        """Raises BadAddress unless its texts are as long as its lengths say, and end as they have to."""
        for n in {0, self.count // 2, self.count - 1} if self.count else ():
            text, length = memory.word(self._texts + 4 * n), memory.byte(self._lengths + n)
            if memory.read(text, length + 1)[-1] != 0 or b"\0" in memory.read(text, length):
                raise BadAddress("no names")
        return self


def _find_pools(memory: Memory) -> list[_Pool]:
    """The pools of interned strings, newest first; none if the firmware keeps them in a way that is not known.

    Their root is a variable of the firmware. It is not asked where, which only its linker knew: whatever word of RAM
    leads to a chain of pools that fit together is it, or was it; the longest chain is the present one.
    """
    best: list[_Pool] = []
    for hashed in (True, False):
        known: dict[int, list[_Pool]] = {}
        for offset in range(0, len(memory.ram) - 3, 4):
            address = int.from_bytes(memory.ram[offset : offset + 4], "little")
            if address >> 28 in (1, 2) and not address & 3 and address not in known:
                known[address] = _chain(memory, address, hashed)
                if _strings(known[address]) > _strings(best):
                    best = known[address]
    return best


def _strings(chain: list[_Pool]) -> int:
    return chain[0].first + chain[0].count if chain else 0


def _chain(memory: Memory, address: int, hashed: bool) -> list[_Pool]:
    chain: list[_Pool] = []
    try:
        while address:
            pool = _Pool(memory, address, hashed)
            if chain and chain[-1].first != pool.first + pool.count:
                return []
            chain.append(pool)
            address = pool.older
        return [pool.checked(memory) for pool in chain] if chain and chain[-1].first == 0 else []
    except BadAddress:
        return []


def in_ram(address: int) -> bool:
    return address >> 24 == RAM >> 24


def in_flash(address: int) -> bool:
    return address >> 24 == FLASH >> 24
