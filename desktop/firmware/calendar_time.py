"""The calendar of a simulated board, which `time` and the real-time clock show: local time, without time zones."""

from __future__ import annotations

import time
from calendar import timegm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..board.board import Board

EPOCHS = {1970: 0, 2000: 946_684_800}  # year -> its start, in seconds since 1970
RESET = 1_609_459_200  # 2021-01-01, what a Pico shows until somebody has set it


class Calendar:
    """Microseconds since 1970. In real time it begins with the desktop's local time, in virtual time with 2021.

    `crystal_ppm`: how much too fast the clock goes by itself, 0: it is exact; `calibration`: so many steps of 2**-20
    faster it was made to go. Any thread.
    """

    def __init__(self, board: Board) -> None:
        self.epoch = EPOCHS[board.kind.epoch]  # of the board's `time`, in seconds since 1970
        self._time = board.time
        start = RESET if board.time.virtual else timegm(time.localtime())
        self._us = start * 1_000_000
        self._at = board.time.now()  # when it showed that
        self._rate = 0.0  # what it gains in a microsecond
        self._crystal_ppm = 0.0
        self._calibration = 0

    def now_us(self) -> int:
        passed = self._time.now() - self._at
        return self._us + passed + int(passed * self._rate)

    def set_us(self, us: int) -> None:
        """Set the clock, as RTC.datetime() does."""
        self._us, self._at = us, self._time.now()

    @property
    def crystal_ppm(self) -> float:
        return self._crystal_ppm

    @crystal_ppm.setter
    def crystal_ppm(self, ppm: float) -> None:
        self._crystal_ppm = ppm
        self._go_on()

    @property
    def calibration(self) -> int:
        return self._calibration

    @calibration.setter
    def calibration(self, steps: int) -> None:
        self._calibration = steps
        self._go_on()

    def _go_on(self) -> None:
        self.set_us(self.now_us())
        self._rate = self._crystal_ppm / 1e6 + self._calibration / 2**20


def calendar_of(board: Board) -> Calendar:
    """That of the program that is about to begin: the clock goes on over a reset, and not over switching on."""
    calendar: Calendar | None = board.kept.get("calendar")
    if calendar is None or board.reset_cause == "power":
        calendar = board.kept["calendar"] = Calendar(board)
    return calendar
