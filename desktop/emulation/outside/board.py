"""The board whose chip is emulated elsewhere: what is plugged into it is here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from ...board import Board
from ...board.buses import I2CBus, SerialPort, SPIBus

UARTS = I2C_CONTROLLERS = SPI_CONTROLLERS = (0, 1)


class EmulatedBoard(Board):
    """A Pico in virtual time, without a program: somebody else sets its outputs and hears of its inputs.

    Args: output, what is called with the text that chips in trouble print; knock, called when somebody wants something
    done: see `soon`.
    """

    emulated = True

    def __init__(self, output: Callable[[str], object], knock: Callable[[], object] = lambda: None) -> None:
        self.buses: list[tuple[Any, I2CBus]] = []  # the number of the controller, or (SCL, SDA), and what is there
        self.spi_buses: list[tuple[Any, SPIBus]] = []  # likewise: or (SCK, MOSI, MISO)
        self.ports: dict[int, SerialPort] = {}
        self.asked: list[tuple[float, Callable[[], object]]] = []  # by `after`: us, and what to call
        self._wanted: deque[Callable[[], object]] = deque()
        self._knock = knock
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

    def spi(self, bus: Any = 0) -> SPIBus:
        """See Board. ValueError for a bus that an RP2040 has not."""
        if isinstance(bus, tuple):
            pins = [pin for pin in bus if pin is not None]
            if len(bus) != 3 or bus[0] is None or len(set(pins)) < len(pins):
                text = ", ".join(map(str, bus)) or "none"
                raise ValueError(f"an SPI bus is at three pins, SCK, MOSI and MISO, not at {text}")
            bus = tuple(None if pin is None else self.kind.pin(pin) for pin in bus)
        elif isinstance(bus, bool) or bus not in SPI_CONTROLLERS:
            raise ValueError(f"an RP2040 has SPI 0 and 1, or any three pins [SCK, MOSI, MISO], not {bus!r}")
        found = super().spi(bus)
        if all(found is not there for _, there in self.spi_buses):
            self.spi_buses.append((bus, found))
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

    def soon(self, fn: Callable[[], object]) -> None:
        """Call `fn` when the emulator comes next: at once, in real time. Any thread; for people, not for chips."""
        self._wanted.append(fn)
        self._knock()

    def do_wanted(self) -> None:
        """Do what was asked for by `soon`. ShortCircuit if that makes one."""
        while self._wanted:
            fn = self._wanted.popleft()
            try:
                fn()
            except (TypeError, ValueError) as error:  # what a chip refuses
                self.print(f"{error}\n")

    def number(self, name: str) -> int:
        """The number of the pin of that own name."""
        return int(name.removeprefix("GP"))
