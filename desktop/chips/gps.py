"""A GPS receiver that plays a recorded NMEA log into a UART of the board, or into a pseudo terminal of this machine.

It sends at the log's own pace: each second's sentences when their second comes, with a pulse on the PPS line at its
beginning, as receivers do (u-blox M8 "Receiver description", "Timepulse": rising edge at the top of the second, 100 ms
long; its sentences follow). Commands that the board sends to it are kept, and not obeyed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from twincore.desktop.board import Board

from .chip import Chip, Pin, at_least, line_of
from .nmea_log import Moment, read_log
from .pseudo_terminal import PseudoTerminal

SECOND = 1_000_000  # us
PULSE = 100_000  # us


class GPS(Chip):
    """A receiver, which begins to play at once. Its lines end in CR LF, whatever the log's do.

    Args: log, a file's path, or lines; uart, the number of the board's UART, None for none; pty, it is also a device
    file of this machine, whose name is in `device`, for programs that open a serial port (POSIX; there the pace is
    that of the board's time, and what nobody reads is dropped and counted in `lost`); pps, a pin for its pulses;
    latency_us, how long after its second the first sentence comes; speed, so many times as fast as the log was
    recorded, math.inf: as fast as the UART takes it, without pulses; again, at the end it begins anew, a second later.
    Raises ValueError for a log without sentences or values that make no sense, OSError for a file it can't read.
    """

    def __init__(
        self,
        board: Board,
        log: str | Path | Iterable[str | bytes],
        *,
        uart: Any = 0,
        pty: bool = False,
        pps: Pin | None = None,
        latency_us: int = PULSE,
        speed: float = 1.0,
        again: bool = False,
        start: bool = True,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"speed is more than 0, not {speed!r}")
        if not 0 <= latency_us < SECOND:
            raise ValueError(f"latency_us is 0 to 999999, not {latency_us!r}")
        if uart is None and not pty:
            raise ValueError("the receiver is connected to nothing: give it a uart, or pty=True")
        if uart is None and math.isinf(speed):
            raise ValueError("without a uart there is no fastest pace: give a speed")
        self.moments = read_log(log)
        self.speed = speed
        self.again = again
        self.sent = 0  # sentences
        self.commands: list[bytes] = []  # lines that the board sent to it
        self._latency = latency_us
        self._pps = None if pps is None else line_of(board, pps)
        self._port = None if uart is None else board.uart(uart)
        self._terminal = PseudoTerminal() if pty else None
        self._run = 0  # counts starts and stops: what was planned before is off
        self._next = 0  # index of the moment to come
        self._heard = bytearray()
        self.playing = False
        if self._pps is not None:
            self._pps.drive(0, by="PPS")
        if self._port is not None:
            self._port.on_byte.append(self._hear)
        super().__init__(board)
        if start:
            self.start()

    @property
    def device(self) -> str | None:
        """The name of its device file, None without `pty`."""
        return None if self._terminal is None else self._terminal.name

    @property
    def lost(self) -> int:
        """Bytes that the program at the pseudo terminal has not read in time."""
        return 0 if self._terminal is None else self._terminal.lost

    @property
    def done(self) -> bool:
        """Whether the log is at its end."""
        return self._next >= len(self.moments)

    def start(self) -> None:
        """Play on, from where it was stopped; at the log's end: from its beginning. ValueError if it plays."""
        if self.playing:
            raise ValueError("the receiver plays already")
        if self.done:
            self._next = 0
        self._begin()

    def restart(self) -> None:
        """Play from the log's beginning, as after a power failure."""
        self.stop()
        self._next = 0
        self._begin()

    def stop(self) -> None:
        """Send nothing, until it is started again: an aerial that fell off, or no power. What is under way arrives."""
        self._run += 1
        self.playing = False
        if self._pps is not None:
            self._pps.drive(0, by="PPS")

    def garbage(self, count: int = 40, *, seed: int = 0) -> None:
        """Send so many random bytes now, as a bad contact does."""
        at_least("count", count, 1)
        self._send(Random(seed).randbytes(count))

    def send(self, sentence: str | bytes) -> None:
        """Send something else than the log now, as it is."""
        self._send(sentence.encode() if isinstance(sentence, str) else sentence)

    def state(self) -> dict[str, str]:
        there = {"sentences": str(self.sent), "log": f"{self._next}/{len(self.moments)}"}
        return there if self.device is None else {**there, "device": self.device}

    def _begin(self) -> None:
        self.playing = True
        self._run += 1
        self._plan(self._run, self.board.time.now(), self.moments[self._next].at)

    def _plan(self, run: int, start: int, first: int) -> None:
        """The moment to come, of a run which began at `start` with the log at `first`."""
        if self.done:
            if not self.again:
                self.playing = False
                return
            last = self.moments[-1].at + SECOND
            start, first, self._next = self._at(start, first, last), 0, 0
        moment = self.moments[self._next]
        when = self._at(start, first, moment.at)
        if self._pps is not None and moment.utc is not None and math.isfinite(self.speed):
            if moment.utc % SECOND == 0:
                self.board.at(when, self._pulse, run, 1)
                self.board.at(when + round(PULSE / self.speed), self._pulse, run, 0)
        after = round(self._latency / self.speed)
        self.board.at(when + after, self._play, run, start, first, moment)

    def _at(self, start: int, first: int, at: int) -> int:
        return start + round((at - first) / self.speed)

    def _play(self, run: int, start: int, first: int, moment: Moment) -> None:
        if run != self._run:
            return
        until = self._send(b"".join(moment.sentences))
        self.sent += len(moment.sentences)
        self._next += 1
        if math.isfinite(self.speed):
            self._plan(run, start, first)
        else:
            self.board.at(until, self._plan, run, until, 0)

    def _send(self, data: bytes) -> int:
        until = self.board.time.now()
        if self.closed:
            return until
        if self._port is not None:
            until = self._port.feed(data)
        if self._terminal is not None:
            self._terminal.send(data)
        return until

    def _pulse(self, run: int, level: int) -> None:
        if run == self._run and self._pps is not None:
            self._pps.drive(level, by="PPS")

    def _hear(self, byte: int) -> None:
        self._heard.append(byte)
        if byte == 10:
            self.commands.append(bytes(self._heard))
            self._heard.clear()

    def _unwire(self) -> None:
        self.stop()
        if self._pps is not None:
            self._pps.drive(None, by="PPS")
        if self._port is not None:
            self._port.on_byte.remove(self._hear)
        if self._terminal is not None:
            self._terminal.close()
