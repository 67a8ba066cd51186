"""What share of an emulated RP2040's core 0 a satellite receiver takes, interrupts of its port included.

It sends all its sentences ten times a second at 115200 baud; an AS_GPS reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..emulation import emulator
from ..wiring import Wiring
from .scripts import SCRIPTS, numbers

MOMENT = (
    "GNRMC,{time},A,5957.0062,N,01100.6429,E,0.04,12.5,310722,,,D,V",
    "GNVTG,12.5,T,,M,0.040,N,0.075,K,D",
    "GNGGA,{time},5957.0062,N,01100.6429,E,2,12,0.54,168.9,M,39.5,M,,0000",
    "GNGLL,5957.0062,N,01100.6429,E,{time},A,D",
    "GPGSA,A,3,29,20,18,16,51,13,44,26,,,,,0.99,0.54,0.83",
    "GPGSV,3,1,12,05,01,047,,10,29,224,31,13,22,062,23,15,40,094,44",
    "GPGSV,3,2,12,16,25,306,30,18,68,358,39,20,63,235,37,21,35,292,31",
    "GPGSV,3,3,12,23,58,225,31,25,10,179,32,26,33,265,35,27,17,316,22",
)
GLONASS = (
    "GLGSA,A,3,65,66,67,75,76,82,,,,,,,0.99,0.54,0.83",
    "GLGSV,2,1,07,65,41,047,27,66,29,224,31,67,22,062,23,75,40,094,44",
    "GLGSV,2,2,07,76,25,306,30,82,68,358,39,83,63,235,37",
)
SETTINGS = ((256, 10), (1024, 40))  # bytes of the port's buffer, and AS_GPS.pause_ms; the first are as they come
SILENT = 4  # s from the first sentence to the others
MOMENTS = 60


@dataclass(frozen=True)
class Receiver:
    """What it sends of each moment."""

    title: str
    bodies: tuple[str, ...]


RECEIVERS = (
    Receiver("RMC, VTG, GGA, GLL, GSA, three GSV", MOMENT),
    Receiver("the same with a GSA and two GSV of a second system", MOMENT + GLONASS),
)


def sentence(body: str) -> str:
    """With its $ and checksum (NMEA 0183, "Sentence structure")."""
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}"


def log_of(receiver: Receiver) -> list[str]:
    """The lines: the first sentence, silence, then `MOMENTS` of them 100 ms apart."""
    lines = [sentence(receiver.bodies[0].format(time="120000.000"))]
    for number in range(MOMENTS):
        seconds, tenths = divmod(number, 10)
        time = f"1200{SILENT + seconds:02d}.{tenths}00"
        lines += [sentence(body.format(time=time)) for body in receiver.bodies]
    return lines


def measured(receiver: Receiver, setting: tuple[int, int]) -> tuple[float, float, int]:
    """(the share of core 0 in %, sentences a second that were parsed, how many were lost). Raises ScriptFailed."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "receiver.nmea"
        log.write_text("\r\n".join(log_of(receiver)) + "\r\n")
        wiring = Wiring(tables={"chip": {"receiver": {"kind": "gps", "log": str(log), "uart": 0, "latency_us": 0}}})
        args = [*map(str, setting), str(SILENT)]
        result = emulator.run(SCRIPTS / "nmea.py", args=args, wiring=wiring, wall_limit=300)
    share, rate, lost = numbers(result, "nmea")
    return share, rate, int(lost)


def table_of(console: Console) -> Table:
    """The table, a row for each of RECEIVERS."""
    table = Table(title="A receiver at 10 Hz and 115 200 baud: its share of core 0", title_justify="left")
    table.add_column("its sentences")
    table.add_column("a second", justify="right")
    for room, pause in SETTINGS:
        table.add_column(f"rxbuf {room}, pause_ms {pause}", justify="right")
    for receiver in track(RECEIVERS, "receivers", console=console, transient=True):
        found = [measured(receiver, setting) for setting in SETTINGS]
        rate = f"{len(receiver.bodies) * 10}"
        table.add_row(receiver.title, rate, *[f"{share:.1f} %, {lost} lost" for share, _, lost in found])
    return table
