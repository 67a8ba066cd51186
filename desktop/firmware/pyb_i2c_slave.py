"""A pyboard as a slave on an I2C bus: its program sends or receives when the master reads or writes.

A master that comes before the slave's program calls `send` or `recv` is held up, as by stretching of the clock, for as
long as SMBus lets a slave do that; then its bytes are not acknowledged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..board import Wakeable
from ..board.buses import I2CBus, Nak

if TYPE_CHECKING:
    from .world import World

STRETCH = 25_000  # us: SMBus specification 3.2, 4.2.1, the least of T_TIMEOUT
ETIMEDOUT = 110


class Slave:
    """The device that a slave's board is on the bus.

    | method | who may call | blocks |
    |---|---|---|
    | `send`, `receive` | the slave's program, one at a time | until the master transfers, or the timeout |
    | `write`, `read` | the master's bus | until the slave's program is ready, for STRETCH at most |
    """

    def __init__(self, world: World, bus: I2CBus, address: int) -> None:
        self.address = address
        self._world = world
        self._bus = bus
        self._lock = threading.Lock()
        self._wanted = 0  # bytes that the program waits to receive
        self._offered: bytes | None = None  # those that it waits to send
        self._got = b""
        self._ready = Wakeable()  # the program has called
        self._done = Wakeable()  # the master has transferred
        bus.attach(address, self)

    def detach(self) -> None:
        """Answer no more."""
        self._bus.detach(self.address)

    def receive(self, count: int, timeout: int) -> bytes:
        """What the master writes next, `count` bytes at most. OSError(ETIMEDOUT) if it does not within `timeout` ms."""
        self._transfer(count, None, timeout)
        return self._got

    def send(self, data: bytes, timeout: int) -> None:
        """Have the master read `data`. OSError(ETIMEDOUT) if it does not within `timeout` ms."""
        self._transfer(0, data, timeout)

    def _transfer(self, wanted: int, offered: bytes | None, timeout: int) -> None:
        self._world.board.interrupts.refuse("wait for an I2C master")
        self._done.take()
        with self._lock:
            self._wanted, self._offered = wanted, offered
        self._ready.notify()
        try:
            self._world.sleep(self._world.time.now() + timeout * 1000, self._done)
        finally:
            with self._lock:
                done = self._done.take()
                self._wanted, self._offered = 0, None
        if not done:
            raise OSError(ETIMEDOUT, f"the I2C master has not transferred with {self.address:#x} within {timeout} ms")

    def write(self, data: bytes, stop: bool) -> None:
        """See I2CDevice. Bytes beyond those that the program wants are not acknowledged."""
        if not data:
            return
        rest = self._when(lambda: self._take(data))
        if rest:
            raise Nak

    def read(self, count: int, stop: bool) -> bytes:
        """See I2CDevice."""
        return self._when(lambda: self._give(count))

    def _take(self, data: bytes) -> bytes | None:
        if not self._wanted:
            return None
        self._got, rest = data[: self._wanted], data[self._wanted :]
        self._wanted = 0
        return rest

    def _give(self, count: int) -> bytes | None:
        data, self._offered = self._offered, None
        return None if data is None else data[:count]

    def _when(self, attempt: Callable[[], bytes | None]) -> bytes:
        time = self._world.time
        until = time.now() + STRETCH
        while True:
            self._ready.take()
            with self._lock:
                result = attempt()
                if result is not None:
                    self._done.notify()
                    return result
            if time.now() >= until:
                raise Nak
            time.sleep(until, self._ready)
