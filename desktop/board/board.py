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

from .analog import Analog
from .buses import I2CBus, SerialPort, SPIBus
from .clock import BoardClock
from .driving import Driven
from .hardware import Alarm, Hardware
from .i2s import I2SBus
from .interrupts import Interrupts
from .kinds import kind as kind_called
from .line import Line
from .timekeeper import RealTime, Timekeeper
from .virtual_time import VirtualTime


class Board(Driven):
    """A board of one `kind` (see KINDS).

    Args: name, for messages and threads; virtual, time jumps while everything waits; time, that of another board, for
    two that work together; root, the folder that holds the board's files; output, what is called with the text that the
    board prints, by default this process's stdout; check_interrupts, hard handlers that allocate or wait get the error
    that a board would give (see isr_rules), which costs each of them some tens of microseconds.
    Raises ValueError for a kind that is not known.
    """

    emulated = False  # its chip is emulated, and somewhere else

    def __init__(
        self,
        kind: str = "pico",
        *,
        name: str = "board",
        virtual: bool = False,
        time: Timekeeper | None = None,
        root: Path | None = None,
        output: Callable[[str], object] | None = None,
        check_interrupts: bool = True,
    ) -> None:
        self.kind = kind_called(kind)
        self.name = name
        self.time = time if time is not None else VirtualTime() if virtual else RealTime()
        self.root = root if root is not None else Path.cwd()
        self.output = output if output is not None else _to_stdout
        self.format_exception: Callable[[BaseException], str] = _as_python_does
        self.hardware = Hardware(self.time, f"{name}: hardware", lambda error: self.report(error, "in the hardware"))
        ints = self.kind.ints if check_interrupts else None
        self.interrupts = Interrupts(self.time, self.hardware, self.kind.schedule_depth, self.report, ints)
        self.devices: list[Any] = []
        self.closed = False
        self._lines: dict[str, Line] = {}
        self._i2c: dict[Any, I2CBus] = {}
        self._spi: dict[Any, SPIBus] = {}
        self._uart: dict[Any, SerialPort] = {}
        self._i2s: dict[Any, I2SBus] = {}
        self._analog: dict[str, Analog] = {}
        self.pixels: dict[str, list[tuple[int, ...]]] = {}  # by pin: the colours that a LED strip there shows
        self.pwm: dict[str, tuple[float, float]] = {}  # by pin: frequency in Hz and duty, 0.0 to 1.0
        self.users: dict[str, str] = {}  # by pin: the peripheral that has it, "UART(0)"
        self.acceleration: Any = (0, 0, 21)  # what a pyboard's accelerometer reads, or a function of the time in us
        self.bootsel = False  # whether that button of an RP2 is pressed
        self.reset_cause = "power"  # or "reset", "watchdog", "deepsleep", "soft": why the application was started
        self.resets = 0  # so far
        self.kept: dict[str, Any] = {}  # what a reset leaves as it is, by whose it is: flash, and an RTC's memory

    def line(self, pin: str | int) -> Line:
        """The pin of that name or number. ValueError names what there is."""
        own = self.kind.pin(pin)
        line = self._lines.get(own)
        if line is None:
            line = self._lines.setdefault(own, Line(self._named(own), self.time, self.interrupts))
        return line

    def lines(self) -> dict[str, Line]:
        """The pins that somebody has asked for so far, by their own names."""
        return dict(self._lines)

    def _named(self, what: str) -> str:
        return what if self.name == "board" else f"{self.name}.{what}"

    def i2c(self, bus: Any = 0) -> I2CBus:
        """The I2C bus of that number, or of that pair of pins (SCL, SDA), to which devices are attached."""
        bus, text = self._bus(bus)
        return self._i2c.setdefault(bus, I2CBus(self._named(f"I2C({text})")))

    def i2c_buses(self) -> list[I2CBus]:
        """Those that anybody has asked for."""
        return list(self._i2c.values())

    def spi(self, bus: Any = 0) -> SPIBus:
        """The SPI bus of that number, or of those pins (SCK, MOSI, MISO; None for one that there is not)."""
        bus, text = self._bus(bus)
        return self._spi.setdefault(bus, SPIBus(self._named(f"SPI({text})")))

    def _bus(self, bus: Any) -> tuple[Any, str]:
        if not isinstance(bus, tuple):
            return bus, str(bus)
        pins = tuple(None if pin is None else self.kind.pin(pin) for pin in bus)
        return pins, ", ".join(str(pin) for pin in pins)

    def uart(self, port: Any = 0) -> SerialPort:
        """What is at the other end of the UART of that number."""
        if port not in self._uart:
            self._uart[port] = SerialPort(self._named(f"UART({port})"), self.time, self.hardware)
        return self._uart[port]

    def i2s(self, bus: Any = 0) -> I2SBus:
        """What is at the other end of the I2S peripheral of that number."""
        if bus not in self._i2s:
            self._i2s[bus] = I2SBus(self._named(f"I2S({bus})"), self.time, self.hardware)
        return self._i2s[bus]

    def analog(self, pin: str | int) -> Analog:
        """The voltage at that pin, or that the pin's ADC sees."""
        own = self.kind.pin(pin)
        return self._analog.setdefault(own, Analog(self.line(own), self.time))

    def at(self, when: int, fn: Callable[..., object], *args: Any) -> Alarm:
        """Call `fn(*args)` at `when` in the hardware's thread. Any thread. `cancel` of what is returned undoes it."""
        return self.hardware.at(when, fn, *args)

    def after(self, us: float, fn: Callable[..., object], *args: Any) -> None:
        """Call `fn(*args)` in so many us, of which a simulated board knows whole ones only. As `at`."""
        self.at(self.time.now() + round(us), fn, *args)

    def clock(self) -> BoardClock:
        """A clock for a loop of twincore that runs on this board."""
        return BoardClock(self.time, self.interrupts)

    @contextmanager
    def core(self, name: str = "core 1", main: bool = False, patience: float | None = None) -> Iterator[None]:
        """The calling thread is a core of the board: it takes part in its time; `main`: soft interrupts run in it.

        `patience`: see Timekeeper.context.
        """
        before = self.interrupts.main
        with self.time.context(f"{self.name}: {name}", patience=patience), with_clock(self.clock):
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
