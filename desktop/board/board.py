"""Board: one simulated board, from its pins to its thread of interrupts. Any number live in one process."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twincore.core.clocks_cpython import with_clock

from .buses import I2CBus, SerialPort, SPIBus
from .clock import BoardClock
from .hardware import Alarm, Hardware
from .interrupts import Interrupts
from .kinds import kind as kind_called
from .line import Line
from .timekeeper import RealTime, Timekeeper
from .virtual_time import VirtualTime


class Board:
    """A board of one `kind` (see KINDS).

    Args: name, for messages and threads; virtual, time jumps while everything waits; time, that of another board, for
    two that work together; root, the folder that holds the board's files; output, what is called with the text that the
    board prints, by default this process's stdout.
    Raises ValueError for a kind that is not known.
    """

    def __init__(
        self,
        kind: str = "pico",
        *,
        name: str = "board",
        virtual: bool = False,
        time: Timekeeper | None = None,
        root: Path | None = None,
        output: Callable[[str], object] | None = None,
    ) -> None:
        self.kind = kind_called(kind)
        self.name = name
        self.time = time if time is not None else VirtualTime() if virtual else RealTime()
        self.root = root if root is not None else Path.cwd()
        self.output = output if output is not None else _to_stdout
        self.format_exception: Callable[[BaseException], str] = _as_python_does
        self.hardware = Hardware(self.time, f"{name}: hardware", lambda error: self.report(error, "in the hardware"))
        self.interrupts = Interrupts(self.time, self.hardware, self.kind.schedule_depth, self.report)
        self.devices: list[Any] = []
        self.closed = False
        self._lines: dict[str, Line] = {}
        self._i2c: dict[Any, I2CBus] = {}
        self._spi: dict[Any, SPIBus] = {}
        self._uart: dict[Any, SerialPort] = {}

    def line(self, pin: str | int) -> Line:
        """The pin of that name or number. ValueError names what there is."""
        own = self.kind.pin(pin)
        line = self._lines.get(own)
        if line is None:
            line = self._lines.setdefault(own, Line(self._named(own), self.time, self.interrupts))
        return line

    def _named(self, what: str) -> str:
        return what if self.name == "board" else f"{self.name}.{what}"

    def i2c(self, bus: Any = 0) -> I2CBus:
        """The I2C bus of that number, or of that pair of pin names, to which devices are attached."""
        return self._i2c.setdefault(bus, I2CBus(self._named(f"I2C({bus})")))

    def spi(self, bus: Any = 0) -> SPIBus:
        """The SPI bus of that number."""
        return self._spi.setdefault(bus, SPIBus(self._named(f"SPI({bus})")))

    def uart(self, port: Any = 0) -> SerialPort:
        """What is at the other end of the UART of that number."""
        if port not in self._uart:
            self._uart[port] = SerialPort(self._named(f"UART({port})"), self.time, self.hardware)
        return self._uart[port]

    def at(self, when: int, fn: Callable[..., object], *args: Any) -> Alarm:
        """Call `fn(*args)` at `when` in the hardware's thread. Any thread. `cancel` of what is returned undoes it."""
        return self.hardware.at(when, fn, *args)

    def clock(self) -> BoardClock:
        """A clock for a loop of twincore that runs on this board."""
        return BoardClock(self.time, self.interrupts)

    @contextmanager
    def core(self, name: str = "core 1", main: bool = False) -> Iterator[None]:
        """The calling thread is a core of the board: it takes part in its time; `main`: soft interrupts run in it."""
        before = self.interrupts.main
        with self.time.context(f"{self.name}: {name}"), with_clock(self.clock):
            if main:
                self.interrupts.main = threading.current_thread()
            try:
                yield
            finally:
                if main:
                    self.interrupts.main = before

    def print(self, text: str) -> None:
        """Print `text` as the board does."""
        self.output(text)

    def report(self, error: BaseException, where: str) -> None:
        """Print `error` with its traceback, and where it happened."""
        self.print(f"{where}:\n{self.format_exception(error)}")

    def close(self) -> None:
        """End what the board does: its devices, its alarms, its thread. Again: nothing happens."""
        if self.closed:
            return
        self.closed = True
        for device in reversed(self.devices):
            close = getattr(device, "close", None)
            if close is not None:
                close()
        self.hardware.close()

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _to_stdout(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _as_python_does(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
