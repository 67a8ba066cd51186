"""The board whose chip is emulated elsewhere: what is plugged into it is here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...board import Board
from ...board.buses import I2CBus, SerialPort

UARTS = I2C_CONTROLLERS = (0, 1)


class EmulatedBoard(Board):
    """A Pico in virtual time, without a program: somebody else sets its outputs and hears of its inputs.

    Args: output, what is called with the text that chips in trouble print.
    """

    def __init__(self, output: Callable[[str], object]) -> None:
        self.buses: list[tuple[Any, I2CBus]] = []  # the number of the controller, or (SCL, SDA), and what is there
        self.ports: dict[int, SerialPort] = {}
        self.asked: list[tuple[float, Callable[[], object]]] = []  # by `after`: us, and what to call
        super().__init__("pico", virtual=True, output=output)

    def i2c(self, bus: Any = 0) -> I2CBus:
        """See Board. ValueError for a bus that an RP2040 has not."""
        if isinstance(bus, tuple):
            if len(bus) != 2 or bus[0] == bus[1] or None in bus:
                raise ValueError(f"an I2C bus is at two pins, SCL and SDA, not at {', '.join(map(str, bus)) or 'none'}")
            bus = tuple(self.kind.pin(pin) for pin in bus)
        elif isinstance(bus, bool) or bus not in I2C_CONTROLLERS:
            raise ValueError(f"an RP2040 has I2C 0 and 1, or any two pins [SCL, SDA], not {bus!r}")
        found = super().i2c(bus)
        if all(found is not there for _, there in self.buses):
            self.buses.append((bus, found))
        return found

    def uart(self, port: Any = 0) -> SerialPort:
        """See Board. ValueError for a number that an RP2040 has not."""
        if isinstance(port, bool) or port not in UARTS:
            raise ValueError(f"an RP2040 has UART 0 and 1, not {port!r}")
        self.ports[port] = super().uart(port)
        return self.ports[port]

    def after(self, us: float, fn: Callable[..., object], *args: Any) -> None:
        """See Board. The emulator's clock has nanoseconds, and a Circuit hands this over to it."""
        self.asked.append((us, partial(fn, *args)))

    def number(self, name: str) -> int:
        """The number of the pin of that own name."""
        return int(name.removeprefix("GP"))
