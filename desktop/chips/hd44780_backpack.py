"""An HD44780U display behind a PCF8574 or PCF8574A, the I2C "backpack" that is soldered to many of them.

Wired as nearly all are: P0 RS, P1 R/W, P2 E, P3 the backlight, P4 to P7 D4 to D7. From the PCF8574's data sheet
(NXP, Rev. 5): "Quasi-bidirectional I/Os": a pin that was written 1 is pulled up and can be read, one that was written 0
is low; all are high after power. "Writing to the port": each byte is there when it has been acknowledged.
"""

from __future__ import annotations

import threading
from typing import Any

from twincore.desktop.board import Board

from .hd44780 import UNWIRED
from .hd44780_core import NOMINAL
from .hd44780_display import CharacterDisplay

RS, RW, E, BACKLIGHT, DATA = 0x01, 0x02, 0x04, 0x08, 0xF0
CLOCKS = 9  # of the bus for a byte, with its acknowledgement


class HD44780Backpack(CharacterDisplay):
    """The display, at `address` on bus `bus`. See HD44780 and CharacterDisplay.

    Args: address, 0x20 to 0x27 for a PCF8574, 0x38 to 0x3f for a PCF8574A; bus_hz, the highest speed that the bus has,
    on which it depends how far apart the bytes of one transfer come. The expander is made for 100 kHz; most stand 400.
    Raises ValueError for an address that it can't have, or that is taken.
    """

    def __init__(
        self,
        board: Board,
        bus: Any = 0,
        *,
        address: int = 0x27,
        rows: int = 2,
        columns: int = 16,
        bus_hz: int = 400_000,
        khz: float = NOMINAL,
        forgiving: bool = False,
    ) -> None:
        if not (0x20 <= address <= 0x27 or 0x38 <= address <= 0x3F):
            raise ValueError(f"a PCF8574 is at 0x20 to 0x27, a PCF8574A at 0x38 to 0x3f, not at {address:#x}")
        if not 1000 <= bus_hz <= 1_000_000:
            raise ValueError(f"bus_hz is 1000 to 1000000, not {bus_hz!r}")
        self._bus = board.i2c(bus)
        self._address = address
        self._byte_us = CLOCKS * 1e6 / bus_hz
        self._free = 0.0  # when the bus is, after what was transferred last
        self._port = 0xFF  # what was written to it last
        self._reading = False
        self._shown = 0xFF  # what the chip drives while it is read
        self._lock = threading.Lock()
        super().__init__(board, rows, columns, khz, forgiving)
        try:
            self._bus.attach(address, self)
        except ValueError:
            board.devices.remove(self)
            raise

    @property
    def backlight(self) -> bool:
        return bool(self._port & BACKLIGHT)

    def write(self, data: bytes, stop: bool) -> None:
        """Each byte is what the pins become. See I2CDevice."""
        with self._lock:
            for byte, when in zip(data, self._times(len(data)), strict=True):
                self._become(byte, when)

    def read(self, count: int, stop: bool) -> bytes:
        """What the pins are. See I2CDevice."""
        with self._lock:
            self._times(count)
            return bytes([self._port & (self._shown | ~DATA)]) * count

    def state(self) -> dict[str, str]:
        return {**super().state(), "backlight": "on" if self.backlight else "off"}

    def _times(self, count: int) -> list[int]:
        """When the bytes of a transfer that begins now are acknowledged, behind its address."""
        start = max(float(self.board.time.now()), self._free)
        self._free = start + (count + 1) * self._byte_us
        return [round(start + (number + 2) * self._byte_us) for number in range(count)]

    def _become(self, byte: int, when: int) -> None:
        before, self._port = self._port, byte
        if byte & E and not before & E:
            self._reading = bool(byte & RW)
            if self._reading:
                self._shown = self.controller.read(byte & RS, when)
        elif before & E and not byte & E:
            if self._reading or before & RW:
                self._reading = False
                self._shown = 0xFF
            else:
                self.controller.written(before & RS, (before & DATA) | UNWIRED, when)

    def _unwire(self) -> None:
        self._bus.detach(self._address)
