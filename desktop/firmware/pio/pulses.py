"""What a PIO drives, as pulses for who reads them, as a strip of LEDs does: the board's time is too coarse for them.

They are handed on when the pin has been low for a while, or when there are many.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .clock import MICROSECOND

if TYPE_CHECKING:
    from ...board import Board, Line
    from ...board.hardware import Alarm

QUIET = 20  # us
MANY = 2400  # pulses


class _Stream:
    """The pulses at one pin that have not been handed on; times in picoseconds."""

    def __init__(self) -> None:
        self.pulses: list[tuple[float, float]] = []
        self.began = 0
        self.rose: int | None = None
        self.fell: int | None = None
        self.alarm: Alarm | None = None

    def end_pulse(self, when: int) -> None:
        """The low that follows it has ended."""
        if self.rose is not None and self.fell is not None:
            if not self.pulses:
                self.began = self.rose
            self.pulses.append(((self.fell - self.rose) / 1000, (when - self.fell) / 1000))
        self.rose = self.fell = None


class Pulses:
    """Of one board. `driven` is for the thread that drives its pins."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._streams: dict[Line, _Stream] = {}
        self._lock = threading.Lock()

    def driven(self, line: Line, level: int | None, when: int) -> None:
        """The line was driven to `level`, None: is let go, at `when`, in picoseconds of the board's time."""
        if not any(other.on_pulses is not None for other in line.joined()):
            self._streams.pop(line, None)
            return
        with self._lock:
            stream = self._streams.setdefault(line, _Stream())
            if level:
                stream.end_pulse(when)
                full = len(stream.pulses) >= MANY
                stream.rose = when
            else:
                full = False
                if stream.rose is not None and stream.fell is None:
                    stream.fell = when
                    if stream.alarm is None:
                        stream.alarm = self._board.at(when // MICROSECOND + QUIET, self._look, line, stream)
        if full:
            self._hand_on(line, stream, when)

    def _look(self, line: Line, stream: _Stream) -> None:
        quiet = QUIET * MICROSECOND
        with self._lock:
            stream.alarm = None
            fell = stream.fell
            if fell is None:
                return  # it is high: the next fall sets an alarm
            end = fell + quiet
            if end > (self._board.time.now() + 1) * MICROSECOND:
                stream.alarm = self._board.at(end // MICROSECOND, self._look, line, stream)
                return
            stream.end_pulse(end)
        self._hand_on(line, stream, end)

    def _hand_on(self, line: Line, stream: _Stream, end: int) -> None:
        with self._lock:
            pulses, stream.pulses = stream.pulses, []
        for other in line.joined():
            if pulses and other.on_pulses is not None:
                other.on_pulses(pulses, stream.began / MICROSECOND, end / MICROSECOND)

    def close(self) -> None:
        """Hand nothing on any more."""
        with self._lock:
            for stream in self._streams.values():
                if stream.alarm is not None:
                    stream.alarm.cancel()
            self._streams.clear()
