"""pyb.I2C: the same buses as machine.I2C's, with calls of other names, and a slave's side of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pins_of
from .i2c import Master, as_bytes, checked_freq
from .of_board import bound
from .pyb_i2c_slave import Slave

if TYPE_CHECKING:
    from .world import World

EINVAL = 22


class I2C(Master):
    """Bus 1 or 2, "X" or "Y". Args as `init`, without which it has to be set up by that."""

    MASTER = CONTROLLER = 0
    SLAVE = PERIPHERAL = 1

    def __init__(self, bus: Any, mode: int | None = None, **settings: Any) -> None:
        self._board.interrupts.refuse("make an I2C")
        self._id = pins_of.number_of(self._board, "I2C", bus)
        self._user = f"I2C({self._id})"
        self._bus = self._board.i2c(self._id)
        self._freq = 0
        self._slave: Slave | None = None
        self._goes_on()
        if mode is not None or settings:
            self.init(self.MASTER if mode is None else mode, **settings)

    def init(
        self, mode: int, *, addr: int = 0x12, baudrate: int = 400_000, gencall: bool = False, dma: bool = False
    ) -> None:
        """Set it up. Args: mode, I2C.MASTER or I2C.SLAVE; addr, a slave's; baudrate, a master's, in Hz. ValueError.

        A slave answers masters of this bus, and of those to which it is wired: `board.i2c(1).join(other.i2c(0))`.
        """
        if mode not in (self.MASTER, self.SLAVE):
            raise ValueError(f"mode is I2C.MASTER or I2C.SLAVE, not {mode!r}")
        self.deinit()
        pins = pins_of.pins_for(self._board, "I2C", self._id, {})
        for line in pins_of.claim(self._board, self._user, *pins.values()):
            line.pull(1)
        if mode == self.SLAVE:
            self._slave = Slave(self._world, self._bus, addr)
        self._freq = checked_freq(baudrate)

    def deinit(self) -> None:
        """Let the pins go; a slave answers no more."""
        self._freq = 0
        if self._slave is not None:
            self._slave.detach()
            self._slave = None
        pins_of.release(self._board, self._user)

    def is_ready(self, addr: int) -> bool:
        """Whether something answers at `addr`."""
        self._check()
        return addr in self._bus.scan()

    def scan(self) -> list[int]:
        """The addresses at which something answers."""
        self._check()
        return super().scan()

    def send(self, send: Any, addr: int = 0, *, timeout: int = 5000) -> None:
        """Write a byte or a buffer to the device at `addr`; a slave: to the master, within `timeout` ms. OSError."""
        self._check(master=False)
        if self._slave is not None:
            self._slave.send(_data(send), timeout)
        else:
            self._write(addr, _data(send), True)

    def recv(self, recv: Any, addr: int = 0, *, timeout: int = 5000) -> Any:
        """Read so many bytes, or fill a buffer, which is returned, from the device at `addr`; a slave, from the master
        when it writes, in `timeout` ms. OSError.
        """
        self._check(master=False)
        slave = self._slave
        if slave is None:
            return self._fill(recv, addr)
        if isinstance(recv, int):
            return slave.receive(recv, timeout)
        data = slave.receive(len(recv), timeout)
        recv[: len(data)] = data
        return recv

    def mem_read(self, data: Any, addr: int, memaddr: int, *, timeout: int = 5000, addr_size: int = 8) -> Any:
        """The same from a register of the device."""
        self._check()
        self._write(addr, memaddr.to_bytes(addr_size // 8, "big"), False)
        return self._fill(data, addr)

    def mem_write(self, data: Any, addr: int, memaddr: int, *, timeout: int = 5000, addr_size: int = 8) -> None:
        """Write a byte or a buffer to a register of the device. OSError."""
        self._check()
        self._write(addr, memaddr.to_bytes(addr_size // 8, "big") + _data(data), True)

    def _fill(self, wanted: Any, addr: int) -> Any:
        if isinstance(wanted, int):
            self._board.interrupts.refuse("make the bytes that I2C.recv returns: give it a bytearray made before")
            return self._read(addr, wanted, True)
        wanted[:] = self._read(addr, len(wanted), True)
        return wanted

    def _check(self, master: bool = True) -> None:
        if not self._freq:
            raise OSError(EINVAL, f"{self._user} is off: call init(I2C.MASTER) first")
        if master and self._slave is not None:
            raise TypeError("I2C must be a master for this: it is set up as a slave")

    def __repr__(self) -> str:
        if self._slave is not None:
            return f"I2C({self._id}, I2C.SLAVE, addr={self._slave.address:#04x})"
        return f"I2C({self._id}, I2C.MASTER, baudrate={self._freq})"


def _data(given: Any) -> bytes:
    return bytes((given & 0xFF,)) if isinstance(given, int) else as_bytes(given)


def i2c_class(world: World) -> type[I2C]:
    """pyb's I2C of `world`'s application."""
    return bound(I2C, world, "pyb")
