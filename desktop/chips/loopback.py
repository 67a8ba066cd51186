"""Wires between the buses of boards: a UART to itself, UARTs of two boards, I2C of two boards.

Boards that are wired together share their time: Board(..., time=other.time).
"""

from __future__ import annotations

import threading
from typing import Any

from twincore.desktop.board import Board, Wakeable
from twincore.desktop.board.buses import Nak, SerialPort

from .chip import Chip

ETIMEDOUT = 110  # MicroPython's number on all boards; some desktops have another


class Loopback(Chip):
    """A wire from TX to RX of one UART: it receives what it sends, when it is sent."""

    def __init__(self, board: Board, uart: Any = 0) -> None:
        self._port = board.uart(uart)
        before = list(self._port.on_byte)
        self._port.cross(self._port)
        self._wires = [fn for fn in self._port.on_byte if fn not in before]
        super().__init__(board)

    def state(self) -> dict[str, str]:
        return {self._port.name: "TX to RX"}

    def _unwire(self) -> None:
        for wire in self._wires:
            self._port.on_byte.remove(wire)


class Crossover(Chip):
    """TX of a UART to RX of another, and the other way round: of two boards, or of one. ValueError if times differ."""

    def __init__(self, board: Board, uart: Any, other: Board, other_uart: Any) -> None:
        same_time(board, other)
        self._ports: list[SerialPort] = [board.uart(uart), other.uart(other_uart)]
        if self._ports[0] is self._ports[1]:
            raise ValueError(f"both ends are {self._ports[0].name}: use Loopback")
        before = [list(port.on_byte) for port in self._ports]
        self._ports[0].cross(self._ports[1])
        self._wires = [
            (port, fn)
            for port, had in zip(self._ports, before, strict=True)
            for fn in port.on_byte
            if fn not in had
        ]
        super().__init__(board)

    def state(self) -> dict[str, str]:
        return {self._ports[0].name: f"crossed with {self._ports[1].name}"}

    def _unwire(self) -> None:
        for port, wire in self._wires:
            port.on_byte.remove(wire)


class I2CPair(Chip):
    """I2C between two boards: `controller` is the master on its bus `bus`; `target` answers there, at `address`.

    The target's program says what it does, as with pyb.I2C in its slave mode (STM32F405 reference manual RM0090, "I2C
    slave mode": an address is acknowledged only while it is enabled): `receive` or `send`, each of one transfer. At any
    other time the target does not acknowledge. Handshake lines beside the bus are wires: Line.link.

    | method | who may call | blocks |
    |---|---|---|
    | `receive`, `send` | a thread of the target | until the controller has transferred, or the timeout |
    | what the controller's bus calls | a thread of the controller | never |
    """

    def __init__(self, controller: Board, target: Board, address: int, *, bus: Any = 0) -> None:
        same_time(controller, target)
        self.address = address
        self.transfers = 0
        self._bus = controller.i2c(bus)
        self._target = target
        self._lock = threading.Lock()
        self._wants = 0  # so many bytes, at most, the target receives
        self._offers: bytes | None = None  # what it sends
        self._got = b""
        self._happened = Wakeable()
        self._bus.attach(address, self)
        super().__init__(controller)

    def receive(self, count: int, timeout_us: int | None = None) -> bytes:
        """What the controller writes next, at most `count` bytes: it does not acknowledge more.

        Raises OSError(ETIMEDOUT) if it writes nothing in that time (None: no limit), ValueError if count is below 1.
        """
        if count < 1:
            raise ValueError(f"a target receives 1 byte or more, not {count!r}")
        self._transfer(count, None, timeout_us)
        return self._got

    def send(self, data: bytes, timeout_us: int | None = None) -> None:
        """Give `data` to the controller when it reads; what it reads beyond them is 0xff. Raises as `receive` does."""
        if not data:
            raise ValueError("a target sends 1 byte or more")
        self._transfer(0, bytes(data), timeout_us)

    def write(self, data: bytes, stop: bool) -> None:
        """The controller writes. See I2CDevice."""
        with self._lock:
            if self._wants == 0 and (data or self._offers is None):
                raise Nak("the target is not receiving")
            if not data:
                return
            fits, rest = data[: self._wants], data[self._wants :]
            self._got = fits
            self._wants = 0
            self._done()
        if rest:
            raise Nak(f"the target takes {len(fits)} bytes and no more")

    def read(self, count: int, stop: bool) -> bytes:
        """The controller reads. See I2CDevice."""
        with self._lock:
            data = self._offers
            if data is None:
                raise Nak("the target is not sending")
            self._offers = None
            self._done()
            return data[:count]

    def state(self) -> dict[str, str]:
        return {"address": f"{self.address:#x}", "transfers": str(self.transfers)}

    def _done(self) -> None:
        self.transfers += 1
        self._happened.notify()

    def _transfer(self, wants: int, offers: bytes | None, timeout_us: int | None) -> None:
        with self._lock:
            if self._wants or self._offers is not None:
                raise RuntimeError("the target is in another transfer already")
            self._happened.take()
            self._wants, self._offers = wants, offers
        until = None if timeout_us is None else self._target.time.now() + timeout_us
        self._target.interrupts.sleep(until, self._happened)
        with self._lock:
            if self._happened.take():
                return
            self._wants, self._offers = 0, None
        raise OSError(ETIMEDOUT, f"the controller did not transfer in {timeout_us} us")

    def _unwire(self) -> None:
        self._bus.detach(self.address)


def same_time(board: Board, other: Board) -> None:
    """ValueError if the two can't be wired together."""
    if board.time is not other.time:
        raise ValueError(
            f"{board.name} and {other.name} have times of their own: make the second Board(..., time={board.name}.time)"
        )
