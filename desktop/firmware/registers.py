"""`machine.mem8`, `mem16`, `mem32`: bytes of buffers that have an address, and the few registers that programs ask for.

Those of an RP2040: its pins, all at once (SIO; datasheet, 2.3.1.7), and its microseconds (TIMER; 4.6.5). Held to the
emulated RP2040 by tests/desktop/both_boards/registers.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from .world import World

GPIO_IN, GPIO_OUT, GPIO_OUT_SET, GPIO_OUT_CLR, GPIO_OUT_XOR = 0xD0000004, 0xD0000010, 0xD0000014, 0xD0000018, 0xD000001C
TIMEHR, TIMELR, TIMERAWH, TIMERAWL = 0x40054008, 0x4005400C, 0x40054024, 0x40054028
PINS = range(30)
WORD = 0xFFFFFFFF


class Mem:
    """One of `mem8`, `mem16` and `mem32`, whose words are signed, as on boards.

    ValueError for an address that is not aligned, NotImplementedError for one at which there is nothing here.
    """

    def __init__(self, world: World, bits: int) -> None:
        self._world = world
        self._bits = bits

    def __getitem__(self, address: int) -> int:
        self._check(address)
        value = self._register(address) if self._has_registers() else None
        if value is None:
            value = int.from_bytes(self._at(address), "little")
        return value - (1 << 32) if value >> 31 else value

    def __setitem__(self, address: int, value: int) -> None:
        self._check(address)
        if self._has_registers() and GPIO_OUT <= address <= GPIO_OUT_XOR:
            before = self._pins(GPIO_OUT)
            after = {GPIO_OUT: value, GPIO_OUT_SET: before | value, GPIO_OUT_CLR: before & ~value}
            self._put(before, after.get(address, before ^ value))
            return
        size = self._bits // 8
        self._at(address)[:] = (value & (1 << self._bits) - 1).to_bytes(size, "little")

    def _register(self, address: int) -> int | None:
        """What the register has; None if it is none of those that are here."""
        if address in (GPIO_IN, GPIO_OUT):
            return self._pins(address)
        now = self._world.time.now()
        if address in (TIMEHR, TIMERAWH):
            return now >> 32 & WORD
        return now & WORD if address in (TIMELR, TIMERAWL) else None

    def _has_registers(self) -> bool:
        return self._bits == 32 and self._world.board.kind.name == "pico"

    def _pins(self, address: int) -> int:
        """The levels of all pins, or what they drive as outputs."""
        if address == GPIO_IN:
            lines = self._world.board.lines()
            return sum(lines[f"GP{number}"].level() << number for number in PINS if f"GP{number}" in lines)
        made = self._world.import_module("machine").Pin._made.values()
        return sum(pin._latch << int(pin._name[2:]) for pin in made)

    def _put(self, before: int, after: int) -> None:
        pin = self._world.import_module("machine").Pin
        for number in PINS:
            if (before ^ after) >> number & 1:
                pin(number).value(after >> number & 1)

    def _check(self, address: Any) -> None:
        if not isinstance(address, int):
            raise TypeError(f"an address is a number, not a {type(address).__name__}")
        if address % (self._bits // 8):
            raise ValueError(f"address {address:08x} is not aligned to {self._bits // 8} bytes")

    def _at(self, address: int) -> memoryview:
        try:
            return self._world.memory.at(address, self._bits // 8)
        except ValueError:
            self._refuse(address)

    def _refuse(self, address: int) -> NoReturn:
        of_rp2040 = "those of an RP2040's pins and time, as mem32, only"
        there = of_rp2040 if self._world.board.kind.name == "pico" else "none"
        raise NotImplementedError(
            f"machine.mem{self._bits}[{address:#x}]: of registers a simulated board has {there}; "
            "use the classes of machine, or run this on a board"
        )
