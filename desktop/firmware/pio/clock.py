"""When a state machine's cycles are: its clock divider of 16 bits and 8 fractional ones (RP2040 datasheet, 3.5.5)."""

from __future__ import annotations

SECOND = 1_000_000_000_000  # picoseconds: at 125 MHz a cycle is a whole number of them
MICROSECOND = SECOND // 1_000_000


class CycleClock:
    """Cycle n begins with the first tick of the system's clock at or after n divided by the machine's frequency."""

    def __init__(self, hz: int = 125_000_000, divider: int = 256) -> None:
        self.hz = hz  # of the system
        self.divider = divider  # times 256
        self.origin = 0  # when cycle 0 is, in picoseconds of the board's time

    def time_of(self, cycle: int) -> int:
        """When `cycle` begins, in picoseconds."""
        return self.origin + (cycle * self.divider >> 8) * SECOND // self.hz

    def cycle_at(self, when: int) -> int:
        """The first cycle that begins at `when` or later."""
        if when <= self.origin:
            return 0
        cycle = (when - self.origin) * self.hz * 256 // (SECOND * self.divider)
        while cycle > 0 and self.time_of(cycle - 1) >= when:
            cycle -= 1
        while self.time_of(cycle) < when:
            cycle += 1
        return cycle

    def ticks(self, count: int) -> int:
        """Picoseconds of so many ticks of the system's clock."""
        return count * SECOND // self.hz
