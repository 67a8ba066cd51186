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

    Any thread.
    """

    def __init__(self, board: Board) -> None:
        self.epoch = EPOCHS[board.kind.epoch]  # of the board's `time`, in seconds since 1970
        self._time = board.time
        start = RESET if board.time.virtual else timegm(time.localtime())
        self._offset = start * 1_000_000 - board.time.now()

    def now_us(self) -> int:
        return self._time.now() + self._offset

    def set_us(self, us: int) -> None:
        """Set the clock, as RTC.datetime() does."""
        self._offset = us - self._time.now()
