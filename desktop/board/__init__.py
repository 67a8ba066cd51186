"""The hardware of a simulated board: pins and wires, interrupts, time, and the buses that devices are plugged into.

What an application sees of it is in `twincore.desktop.firmware`, the devices are in `twincore.desktop.chips`.
"""

from .board import Board
from .interrupts import Interrupts
from .kinds import KINDS, Kind
from .line import Line, ShortCircuit
from .timekeeper import RealTime, Timekeeper, Wakeable
from .virtual_time import Deadlock, VirtualTime

__all__ = [
    "KINDS",
    "Board",
    "Deadlock",
    "Interrupts",
    "Kind",
    "Line",
    "RealTime",
    "ShortCircuit",
    "Timekeeper",
    "VirtualTime",
    "Wakeable",
]
