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

from ..emulation import emulator
from ..wiring import Wiring
from .scripts import SCRIPTS, ScriptFailed

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
)


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
    result = emulator.run(SCRIPTS / "drivers.py", **options)
    if result.exit_code != 0 or result.timed_out:
        said = (result.stderr.strip() or result.stdout.strip() or f"exit code {result.exit_code}").splitlines()
        raise ScriptFailed(f"{driver.name}: " + ("timed out" if result.timed_out else said[-1]))
    interrupt, *late = map(int, result.stdout.split())
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
