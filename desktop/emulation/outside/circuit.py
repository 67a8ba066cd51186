"""Circuit: what is around the board answers the emulator. See the package for the messages."""

from __future__ import annotations

import sys
import time as system_time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from ...board import Line, ShortCircuit
from ...board.buses import Nak, NoDevice, SerialPort
from .board import UARTS, EmulatedBoard
from .seen import look_at

FULL_SCALE = 4095  # of the ADC
POLL = 1000  # us: how often the emulator comes when there is something outside in real time
PULLS = {"up": 1, "down": 0}
LEVELS = {"low": 0, "high": 1}
TX, RX = 0, 1  # of UARTs, in the numbers of pins modulo 4


class Circuit:
    """One board's surroundings. Called by one thread, which takes part in the time of `board` and never sleeps in it.

    Args: paced, something outside lives in real time: the board's does not run ahead of it; seen, somebody looks at all
    of its pins.
    """

    def __init__(self, board: EmulatedBoard, paced: bool = False, seen: bool = False) -> None:
        self._board = board
        self._seen = seen
        self._time = board.time
        self._lines: dict[int, Line] = {board.number(name): line for name, line in board.lines().items()}
        self._happened: list[list[Any]] = []
        self._calls: dict[int, Callable[[], object]] = {}
        self._numbers = count()
        self._begun = system_time.monotonic() if paced else None
        self._uart_pins: dict[int, tuple[Line | None, Line | None]] = {}
        wired = any(len(line.joined()) > 1 for line in self._lines.values())  # perhaps a TX to an RX
        if wired:
            for number in UARTS:
                board.uart(number)
        for number, line in self._lines.items():
            line.watch(partial(self._edge, number))
        for number, port in board.ports.items():
            port.on_received = partial(self._received, number, port)
        self._what: dict[str, Callable[..., None]] = {
            "time": lambda: None,
            "pin": self._pin,
            "pulses": self._pulses,
            "seen": partial(look_at, board, self._lines),
            "function": self._function,
            "uart": self._uart,
            "format": self._format,
            "adc": self._adc,
            "i2c": self._i2c,
            "spi": self._spi,
            "call": self._call,
        }

    def there(self) -> dict[str, Any]:
        """The first message."""
        board = self._board
        return {
            "pins": {number: line.level() for number, line in self._lines.items()},
            "buses": [
                {"pins": [board.number(pin) for pin in bus]} if isinstance(bus, tuple) else {"number": bus}
                for bus, _ in board.buses
            ],
            "spi": [
                {"pins": [None if pin is None else board.number(pin) for pin in bus]}
                if isinstance(bus, tuple)
                else {"number": bus}
                for bus, _ in board.spi_buses
            ],
            "uarts": list(board.ports),
            "pulses": {n: len(line.joined()) == 1 for n, line in self._lines.items() if line.on_pulses is not None},
            "seen": self._seen,
        }

    def answer(self, us: int, what: str, *details: Any) -> dict[str, Any]:
        """Let it become `us`, do what is asked, and say what has come of it."""
        paused = self._begun is not None and self._keep_pace(us, self._begun)
        stop = None
        self._time.sleep(us, last=True)  # what is due until then has happened when this returns
        try:
            self._what[what](*details)
            self._board.do_wanted()
        except ShortCircuit as error:
            stop = {"ending": "short circuit", "why": f"a short circuit at {us / 1e6:.6f} s: {error}"}
        self._time.settle(sys.maxsize)
        self._hand_over()
        happened, self._happened = self._happened, []
        return {"next": self._next(us), "happened": happened, "paused": paused, "stop": stop}

    def _next(self, us: int) -> int | None:
        """When somebody here wants to go on. All others wait now."""
        times = [part.until for part in self._time.contexts() if part.waits and part.until is not None]
        if self._begun is not None:
            times.append(us + POLL)
        return min(times, default=None)

    def _keep_pace(self, us: int, begun: float) -> bool:
        """Whether there was a wait for real time."""
        ahead = us / 1e6 - (system_time.monotonic() - begun)
        if ahead <= 0:
            return False
        system_time.sleep(ahead)
        return True

    # Calls that chips ask for in parts of a microsecond: the emulator says when

    def _hand_over(self) -> None:
        asked, self._board.asked = self._board.asked, []
        for us, fn in asked:
            number = next(self._numbers)
            self._calls[number] = fn
            self._happened.append(["call", number, round(us * 1000)])

    def _call(self, number: int) -> None:
        self._calls.pop(number)()

    # Pins

    def _edge(self, number: int, level: int, when: int) -> None:
        self._happened.append(["pin", number, level])

    def _pin(self, number: int, state: str) -> None:
        line = self._lines[number]
        if state not in LEVELS:
            line.pull(PULLS.get(state))  # first: so that there is one edge at most, to what it ends at
        line.output(LEVELS.get(state))

    def _pulses(self, number: int, lengths: list[int], level: int) -> None:
        line = self._lines[number]
        if line.outputs() is not None:
            line.output(level)
        pulses = list(zip(lengths[::2], lengths[1::2], strict=True))
        if pulses and line.on_pulses is not None:
            now = self._time.now()
            line.on_pulses(pulses, now - sum(lengths) / 1000, now)

    # UARTs

    def _function(self, number: int, uart: bool) -> None:
        role = number % 4
        if role not in (TX, RX):
            return
        n = (number + 4) // 8 % 2  # RP2040 datasheet, table 2: GPIO functions
        pins = list(self._uart_pins.get(n, (None, None)))
        line = self._lines[number]
        if uart:
            pins[role] = line
        elif pins[role] is line:
            pins[role] = None
        self._uart_pins[n] = (pins[TX], pins[RX])
        self._board.uart(n).place(*self._uart_pins[n])

    def _uart(self, number: int, byte: int) -> None:
        self._board.ports[number].transmit(bytes([byte]))

    def _format(self, number: int, baud: int, bits: int) -> None:
        port = self._board.ports[number]
        port.baudrate, port.frame_bits = baud, bits

    def _received(self, number: int, port: SerialPort) -> None:
        while port.received:
            self._happened.append(["uart", number, port.received.popleft()])

    # The ADC

    def _adc(self, channel: int) -> None:
        pin = self._board.kind.adc_pins[str(channel)]
        self._happened.append(["adc", channel, round(self._board.analog(pin).read() * FULL_SCALE)])

    # I2C. Each transfer is a thread's: a chip may sleep in it, and so hold the clock, while time goes on.

    def _i2c(self, bus: int, asked: int, what: str, *details: Any) -> None:
        do = self._connect if what == "connect" else self._write

        def transfer() -> None:
            try:
                data = do(bus, *details)
            except (Nak, NoDevice):
                self._happened.append(["i2c", bus, asked, False, []])
            except OSError:  # a chip that holds the clock for ever: when it is enough is the master's business
                return
            except Exception as error:
                self._board.report(error, f"in a transfer of {self._board.buses[bus][1].name}")
                self._happened.append(["i2c", bus, asked, False, []])
            else:
                self._happened.append(["i2c", bus, asked, True, list(data)])

        self._time.start(transfer, f"a transfer of {self._board.buses[bus][1].name}")

    def _connect(self, bus: int, address: int, most: int) -> bytes:
        there = self._board.buses[bus][1]
        if most:
            return there.read(address, most, True)
        there.write(address, b"", False)
        return b""

    def _write(self, bus: int, address: int, data: list[int], stop: bool) -> bytes:
        self._board.buses[bus][1].write(address, bytes(data), stop)
        return b""

    # SPI. There is no clock to be held: the answer is there at once.

    def _spi(self, bus: int, words: list[int] | None, bits: int) -> None:
        there = self._board.spi_buses[bus][1]
        answers = [(1 << bits) - 1] * len(words or [0])
        try:
            if words is None:
                answers = [there.offer()]
            elif bits in (8, 16):
                size = bits // 8
                data = there.exchange(b"".join(word.to_bytes(size, "big") for word in words))
                data = data[: size * len(words)].ljust(size * len(words), b"\xff")
                answers = [int.from_bytes(data[at : at + size], "big") for at in range(0, len(data), size)]
        except Exception as error:
            self._board.report(error, f"in a transfer of {there.name}")
        self._happened.append(["spi", bus, answers])
