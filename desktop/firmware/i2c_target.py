"""machine.I2CTarget, of MicroPython 1.26 and later: a board as a slave on an I2C bus, with memory or with interrupts.

A master on a bus that is wired to this one (`board.i2c(0).join(other.i2c(0))`) waits for each handler, as for a slave
that stretches the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import pins_of
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

ADDRESS_SIZES = (0, 8, 16, 24, 32)


class I2CTarget(OfBoard):
    """The slave at `addr` on bus `id`. Args: mem, a buffer that the master reads and writes, or None; mem_addrsize, the
    bits of an address in it, with which each write begins; scl, sda, Pins. ValueError for what there is not.

    A read goes on where the last transfer ended. Without `mem`, a handler for IRQ_READ_REQ gives each byte by `write`,
    one for IRQ_WRITE_REQ takes it by `readinto`; else the master reads 0, and what it writes is dropped.
    """

    IRQ_ADDR_MATCH_READ, IRQ_ADDR_MATCH_WRITE, IRQ_READ_REQ, IRQ_WRITE_REQ, IRQ_END_READ, IRQ_END_WRITE = (
        1 << bit for bit in range(6)
    )

    def __init__(
        self, id: int, addr: int, *, addrsize: int = 7, mem: Any = None, mem_addrsize: int = 8, scl: Any = None,
        sda: Any = None,
    ) -> None:
        board = self._board
        board.interrupts.refuse("make an I2CTarget")
        if addrsize != 7:
            raise ValueError(f"addrsize is 7 on a simulated board, not {addrsize!r}")
        if mem_addrsize not in ADDRESS_SIZES:
            raise ValueError(f"mem_addrsize must be 0, 8, 16, 24 or 32, not {mem_addrsize!r}")
        self._id = pins_of.number_of(board, "I2C", id)
        self._user = f"I2CTarget({self._id})"
        pins = pins_of.pins_for(board, "I2C", self._id, {"scl": scl, "sda": sda})
        for line in pins_of.claim(board, self._user, *pins.values()):
            line.pull(1)
        self._mem = None if mem is None else memoryview(mem).cast("B")
        self._address_bytes = mem_addrsize // 8
        self._at = 0  # in the memory
        self.memaddr = 0  # of the last transfer
        self._came = bytearray()  # from the master, for `readinto`
        self._gives = bytearray()  # from `write`, for the master
        self._irq = TargetIrq()
        self._address = addr
        self._bus = board.i2c(self._id)
        self._bus.attach(addr, _Device(self))
        self._attached = True
        self._goes_on()

    def deinit(self) -> None:
        """Answer no more, and let the pins go. Again: nothing happens."""
        if self._attached:
            self._attached = False
            self._bus.detach(self._address)
            pins_of.release(self._board, self._user)

    def readinto(self, buf: Any) -> int:
        """Take what the master has written, as much as there is room for; returns how many bytes."""
        count = min(len(buf), len(self._came))
        memoryview(buf)[:count] = self._came[:count]
        del self._came[:count]
        return count

    def write(self, buf: Any) -> int:
        """Give the master a byte to read. Returns how many were taken: 1, as on most ports."""
        self._gives += bytes(memoryview(buf)[:1])
        return min(1, len(buf))

    def irq(
        self,
        handler: Callable[[I2CTarget], object] | None = None,
        trigger: int = (1 << 4) | (1 << 5),
        hard: bool = False,
    ) -> TargetIrq:
        """Have `handler(target)` called for the events in `trigger`, a sum of the IRQ_ constants. Without arguments:
        return what is asked for `flags`. ValueError if they need `hard`, as all do but the ends of transfers.
        """
        if handler is not None or trigger != self.IRQ_END_READ | self.IRQ_END_WRITE or hard:
            ends = self.IRQ_END_READ | self.IRQ_END_WRITE
            if trigger & ~ends and not hard:
                raise ValueError("hard IRQ required")
            self._irq.handler, self._irq.wanted, self._irq.hard = handler, trigger, hard
        return self._irq

    def _event(self, flag: int) -> bool:
        """Have the handler run; returns whether it was wanted."""
        irq = self._irq
        if irq.handler is None or not irq.wanted & flag:
            return False
        irq.now = flag
        self._board.interrupts.request(irq.handler, self, irq.hard, self._user)
        return True

    def _write(self, data: bytes) -> None:
        self._event(self.IRQ_ADDR_MATCH_WRITE)
        if self._mem is None:
            for byte in data:
                self._came.append(byte)
                if not self._event(self.IRQ_WRITE_REQ):
                    self._came.clear()
        else:
            address, rest = data[: self._address_bytes], data[self._address_bytes :]
            self._at = self.memaddr = int.from_bytes(address, "big") % len(self._mem)
            for byte in rest:
                self._mem[self._at] = byte
                self._at = (self._at + 1) % len(self._mem)
        self._event(self.IRQ_END_WRITE)

    def _read(self, count: int) -> bytes:
        self._event(self.IRQ_ADDR_MATCH_READ)
        data = bytearray()
        for _ in range(count):
            if self._mem is not None:
                data.append(self._mem[self._at])
                self._at = (self._at + 1) % len(self._mem)
            elif self._event(self.IRQ_READ_REQ) and self._gives:
                data.append(self._gives.pop(0))
            else:
                data.append(0)
        self._event(self.IRQ_END_READ)
        return bytes(data)

    def __repr__(self) -> str:
        return f"I2CTarget({self._id}, addr={self._address})"


class TargetIrq:
    """What `irq` of an I2CTarget returns."""

    def __init__(self) -> None:
        self.handler: Callable[[I2CTarget], object] | None = None
        self.wanted = 0
        self.hard = False
        self.now = 0

    def flags(self) -> int:
        """The event for which the handler was called last."""
        return self.now


class _Device:
    """The target, as its bus sees it."""

    def __init__(self, target: I2CTarget) -> None:
        self._target = target

    def write(self, data: bytes, stop: bool) -> None:
        """See I2CDevice. No data: does it answer?"""
        if data:
            self._target._write(data)

    def read(self, count: int, stop: bool) -> bytes:
        """See I2CDevice."""
        return self._target._read(count)


def i2c_target_class(world: World) -> type[I2CTarget]:
    """machine.I2CTarget of `world`'s application."""
    return bound(I2CTarget, world, "machine")
