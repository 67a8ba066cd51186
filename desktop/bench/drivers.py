"""How late drivers tell tasks what interrupts have seen, on the emulated RP2040; and how long their interrupts take.

What a driver waits on purpose, as a switch for its contacts to rest, is not counted. Emulated time is exact but
optimistic: it knows no cache misses. Upstream's figures are those it publishes, of real boards: a rough guide.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..board import Board
from ..emulation import emulator
from ..wiring import Wiring
from .scripts import SCRIPTS, numbers

READY = (0, 10)  # tasks that are ready all the time; with 0 core 0 is idle


@dataclass(frozen=True)
class Driver:
    """What is measured of a driver; `name` is that of on_micropython/drivers.py."""

    name: str
    title: str
    upstream: str = ""


DRIVERS = (
    Driver("pin", "AsyncPin: edge to task", "interrupt to task: tens of ms at most, typically"),
    Driver("delay", "Delay_ms: 10 ms after a hard ISR has triggered it to callback"),
    Driver("switch", "Switch: 50 ms after the edge to callback", "ESwitch looks at each pass, 15 us a pin"),
    Driver("button", "Pushbutton: 50 ms after the press to callback"),
    Driver("encoder", "Encoder: 10 ms after the edge to callback", "interrupt 36 us Pyboard, 50 us ESP32"),
    Driver("infrared", "NEC_IR: 12 ms after the last edge to callback", "a task may be late by 35 ms"),
    Driver("pulses", "pulse per second: edge to task", "entry of a hard interrupt 15 us Pyboard"),
    Driver("record", "RecordOrientedUart, 115 200 baud: last byte to task"),
    Driver(
        "link",
        "I2C link, 400 kHz, Responder: edge of an exchange to task that has its 8 bytes",
        "blocks 2.1 ms on average, 7.5 at most, ESP8266; looks each 100 ms",
    ),
    Driver("syncom", "SynCom: last bit of 8 characters to task", "8.8 ms a character"),
)
LINK_WIRES = ((2, 3),)
SYNCOM_WIRES = ((2, 3), (6, 7), (8, 9), (10, 11))


class OtherEnd:
    """At the other end of an I2C link: what an Initiator's port gives and takes. The board's core 1 has its wires.

    A real Initiator cannot be there: the emulated I2C controllers are masters only.
    """

    HEADER, PAYLOAD = b"\x08\x00", b"01234567"

    def __init__(self) -> None:
        self._reads = 0  # in this exchange

    def read(self, count: int, stop: bool) -> bytes:
        """`count` is as many as the controller might read, which is not known yet."""
        self._reads += 1
        return (self.HEADER if self._reads == 1 else self.PAYLOAD).ljust(count, b"\xff")[:count]

    def write(self, data: bytes, stop: bool) -> None:
        """The Responder's header, which ends the exchange: it has nothing to say."""
        self._reads = 0


@dataclass
class WithOtherEnd(Wiring):
    """That, on I2C 0."""

    def apply(self, board: Board, *, paced: bool = False) -> None:
        super().apply(board, paced=paced)
        board.i2c(0).attach(0x12, OtherEnd())


@dataclass(frozen=True)
class Measured:
    """us: of the interrupt, None if there is none to be measured; of each event, how late the task or callback was."""

    interrupt: int | None
    late: list[int]


def measured(driver: Driver, ready: int) -> Measured:
    """Run the script on the board beside so many ready tasks. Raises ScriptFailed."""
    options: emulator.Options = {"args": [driver.name, str(ready)], "wall_limit": 300}
    if driver.name == "record":  # a UART's bytes do not go over a plain wire
        options["wiring"] = Wiring(tables={"uart": {"0": {"to": 0}}})
    elif driver.name == "link":
        options |= {"wiring": WithOtherEnd(), "wires": LINK_WIRES}
    elif driver.name == "syncom":
        options["wires"] = SYNCOM_WIRES
    result = emulator.run(SCRIPTS / "drivers.py", **options)
    interrupt, *late = map(int, numbers(result, driver.name))
    return Measured(None if interrupt < 0 else interrupt, late)


def cell(late: list[int]) -> str:
    return f"{statistics.median(late):.0f} ({max(late)})"


def table_of(console: Console, drivers: list[Driver]) -> Table:
    """The table of these drivers, a row for each."""
    table = Table(title="How late drivers are, emulated RP2040: median (worst) of 24, us", title_justify="left")
    table.add_column("")
    for title in ("interrupt", "idle core", "beside 10 ready tasks"):
        table.add_column(title, justify="right")
    table.add_column("upstream publishes")
    for driver in track(drivers, "drivers", console=console, transient=True):
        idle, busy = (measured(driver, ready) for ready in READY)
        interrupt = "-" if idle.interrupt is None else str(idle.interrupt)
        table.add_row(driver.title, interrupt, cell(idle.late), cell(busy.late), driver.upstream)
    return table
