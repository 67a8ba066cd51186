"""An SD or SDHC card on an SPI bus: wiring, its content, faults on demand. What it says and does is in `sd_core`."""

from __future__ import annotations

import mmap
import threading
from pathlib import Path
from typing import Any

from twincore.desktop.board import Board

from . import sd_commands as sd
from .chip import Chip, Pin, line_of
from .sd_core import SDCore
from .sd_fat import make_fat

POWER_UP_BYTES = 10  # of clocks, while it is not selected: 74 bits at least (6.4.1.1)


class SDCard(Chip):
    """The card, on the SPI bus `bus` of `board`, selected while the pin `select` is low.

    Args: size, bytes, of what is empty at first, as `data`, a bytearray, shows; fat, there is an empty FAT volume on
    it, as on those in a shop; image, a file in place of both, which keeps what is written; high_capacity, an SDHC card,
    addressed by blocks, else a standard one, by bytes; version, 1 or 2 of the specification, of which the first has no
    CMD8 and no high capacity; serial, its number in the CID; init_us, read_us and write_us, how long it takes to start,
    to fetch a block and to write one; write_protected.
    `reads` and `writes` count blocks. The pins of the bus see no edges. ValueError for a size that no card has.
    """

    def __init__(
        self,
        board: Board,
        bus: Any = 0,
        *,
        select: Pin,
        size: int = 1 << 20,
        fat: bool = False,
        image: Path | None = None,
        high_capacity: bool = True,
        version: int = 2,
        serial: int = 1,
        init_us: int = 20_000,
        read_us: int = 300,
        write_us: int = 1500,
        write_protected: bool = False,
    ) -> None:
        if version not in (1, 2):
            raise ValueError(f"version is 1 or 2, not {version!r}")
        if high_capacity and version == 1:
            raise ValueError("a card of version 1 has no high capacity: give high_capacity = false, too")
        if fat and image is not None:
            raise ValueError("an image has what it has: give fat or image")
        self._file = None if image is None else open(image, "r+b")
        try:
            if self._file is not None:
                size = Path(self._file.name).stat().st_size
            csd = sd.csd(size, high_capacity, write_protected)
            self.data = bytearray(size) if self._file is None else mmap.mmap(self._file.fileno(), size)
            if fat:
                make_fat(self.data)
        except BaseException:
            if self._file is not None:
                self._file.close()
            raise
        self.plugged_in = True
        self._lock = threading.Lock()
        self._bus = board.spi(bus)
        self._select = line_of(board, select)
        self._core = SDCore(
            self.data,
            csd,
            board.time.now,
            self._is_clocked,
            high_capacity=high_capacity,
            version=version,
            init_us=init_us,
            read_us=read_us,
            write_us=write_us,
            write_protected=write_protected,
        )
        self._core.serial = serial
        self._power()
        self._bus.attach(self, self._select)
        self._select.watch(self._edge)
        super().__init__(board)

    @property
    def reads(self) -> int:
        """Blocks that were read."""
        return self._core.reads

    @property
    def writes(self) -> int:
        """Blocks that were written."""
        return self._core.writes

    @property
    def serial(self) -> int:
        """Its number, which tells it from another card."""
        return self._core.serial

    @serial.setter
    def serial(self, number: int) -> None:
        self._core.serial = number

    @property
    def response_gap(self) -> int:
        """Bytes before an answer, 0 to 8."""
        return self._core.response_gap

    @response_gap.setter
    def response_gap(self, count: int) -> None:
        if not 0 <= count <= 8:
            raise ValueError(f"response_gap is 0 to 8 bytes, not {count!r}")
        self._core.response_gap = count

    # Faults: each of the next `count`

    def corrupt_commands(self, count: int = 1) -> None:
        """Commands arrive damaged: a card that checks them (CMD59) says so."""
        self._core.faults["command"] = count

    def corrupt_reads(self, count: int = 1) -> None:
        """Blocks that are read arrive damaged."""
        self._core.faults["read crc"] = count

    def corrupt_writes(self, count: int = 1) -> None:
        """Blocks that are written arrive damaged: a card that checks them says so, another writes that."""
        self._core.faults["write crc"] = count

    def fail_reads(self, count: int = 1) -> None:
        """Blocks can't be read: the card's own check fails."""
        self._core.faults["read"] = count

    def fail_writes(self, count: int = 1) -> None:
        """Blocks can't be written."""
        self._core.faults["write"] = count

    def ignore(self, count: int = 1) -> None:
        """Commands are not answered."""
        self._core.faults["silent"] = count

    def stuck(self, on: bool = True) -> None:
        """It stays busy from the next write on, until `stuck(False)` or until it is put in anew."""
        self._core.stuck = on

    def unplug(self) -> None:
        """Pull it out; a block that it is busy with is not written then. ValueError if it is out."""
        with self._lock:
            self._bus.detach(self)
            self._core.finish()
            self.plugged_in = False

    def plug_in(self) -> None:
        """Put it in again: it starts anew. ValueError if it is in."""
        if self.plugged_in:
            raise ValueError(f"{self.name} is plugged in")
        with self._lock:
            self._core.stuck = False
            self._core.power_up()
            self._power()
        self.plugged_in = True
        self._bus.attach(self, self._select)

    def state(self) -> dict[str, str]:
        there = {"blocks": str(self._core.blocks()), "read": str(self.reads), "written": str(self.writes)}
        return there if self.plugged_in else {**there, "plugged in": "no"}

    # The bus

    def exchange(self, data: bytes) -> bytes:
        """See SPIDevice."""
        with self._lock:
            self._own += len(data)
            return bytes([self._core.exchange(byte) for byte in data])

    def offer(self) -> int:
        """See SPIDevice."""
        with self._lock:
            return self._core.offer()

    def _edge(self, level: int, when: int) -> None:
        if level:
            with self._lock:
                self._core.deselect()

    def _power(self) -> None:
        self._clocks = self._bus.clocked  # until now
        self._own = 0  # of those since then, while it was selected

    def _is_clocked(self) -> bool:
        return self._bus.clocked - self._clocks - self._own >= POWER_UP_BYTES

    def _unwire(self) -> None:
        self._select.unwatch(self._edge)
        if self.plugged_in:
            self.unplug()
        if self._file is not None:
            assert isinstance(self.data, mmap.mmap)
            self.data.flush()
            self.data.close()
            self._file.close()
