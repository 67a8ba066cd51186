"""An infrared receiver whose output brings the codes of a NEC remote control: low while it sees the carrier.

Timing: Altium's "NEC Infrared Transmission Protocol", in units of 562.5 us. A code ("Example message frame") is a mark
of 16 units and a space of 8, then 32 bits, the least significant of each byte first, each a mark of 1 unit and a space
of 1 (a zero) or 3 (a one), then a mark that ends the last. A key that is held ("Repeat codes") sends a mark of 16
units, a space of 4 and a mark of 1, 108 ms after the beginning of what was sent before.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from random import Random

from twincore.desktop.board import Board

from .chip import Chip, Pin, at_least, line_of
from .waveform import Playing, Step, play

UNIT = 562.5  # us
REPEAT_AFTER = 108_000  # us, from beginning to beginning
GAP = 40_000  # us of silence before what has nothing to do with what was sent before
REPEAT = (16 * UNIT, 4 * UNIT, UNIT)


def frame(address: int, data: int, extended: bool | None = None) -> list[float]:
    """Marks and spaces in us, a mark first, of one code. See NECRemote.send."""
    if not 0 <= address <= 0xFFFF:
        raise ValueError(f"a NEC address is 0 to 0xff, or to 0xffff if it is extended, not {address!r}")
    if not 0 <= data <= 0xFF:
        raise ValueError(f"NEC data is one byte, 0 to 0xff, not {data!r}")
    if extended is None:
        extended = address > 0xFF
    if not extended and address > 0xFF:
        raise ValueError(f"the address {address:#x} needs the extended format")
    high = address >> 8 if extended else ~address & 0xFF
    times = [16 * UNIT, 8 * UNIT]
    for byte in (address & 0xFF, high, data, ~data & 0xFF):
        for bit in range(8):
            times += [UNIT, 3 * UNIT if byte >> bit & 1 else UNIT]
    return [*times, UNIT]


class NECRemote(Chip):
    """A remote control and the receiver that sees it, whose output is at `pin`. High while there is no signal.

    Args: jitter_us, each edge comes so much earlier or later at most, as `seed` has it; below 281, half of a mark.
    Codes that are asked for while one is under way follow it. Raises ValueError for a pin that isn't there.
    """

    def __init__(self, board: Board, pin: Pin, *, jitter_us: int = 0, seed: int = 0) -> None:
        if not 0 <= jitter_us < UNIT / 2:
            raise ValueError(f"jitter_us is 0 to 281, half of the shortest mark, not {jitter_us!r}")
        self.line = line_of(board, pin)
        self.jitter_us = jitter_us
        self.sent = 0  # codes, repeats included
        self._random = Random(seed)
        self._free = board.time.now() - GAP  # when what was asked for last is over
        self._previous = -REPEAT_AFTER  # when the code before began
        self._by = "the IR receiver"
        self._playing: list[Playing] = []
        self._last = "nothing"
        self.line.drive(1, by=self._by)
        super().__init__(board)

    def send(self, address: int, data: int, *, extended: bool | None = None, marks: int | None = None) -> int:
        """Send a code. Returns at once: when it will be over, in us of the board's time.

        Args: address, 8 bits, or 16 in the extended format, which is taken if the address needs it or if `extended`
        asks for it; data, 8 bits; marks, the signal is lost after so many of the 34, as if somebody walked through it.
        Raises ValueError for what does not fit.
        """
        times = frame(address, data, extended)
        if marks is not None and not 1 <= marks <= 34:
            raise ValueError(f"a code has 34 marks, of which 1 or more are sent, not {marks!r}")
        self._last = f"{address:#x} {data:#x}"
        return self._code(times if marks is None else times[: 2 * marks - 1], self._start(GAP))

    def repeat(self, count: int = 1) -> int:
        """The key is still held: so many repeat codes, each 108 ms after the one before. Returns when they are over."""
        at_least("count", count, 1)
        for _ in range(count):
            over = self._code(REPEAT, max(self._previous + REPEAT_AFTER, self._start()))
        return over

    def hold(self, address: int, data: int, ms: float, *, extended: bool | None = None) -> int:
        """A key held for `ms`: its code, and as many repeats as begin in that time. Returns when they are over."""
        at_least("ms", ms, 0)
        over = self.send(address, data, extended=extended)
        repeats = int(ms * 1000 // REPEAT_AFTER)
        return self.repeat(repeats) if repeats else over

    def noise(self, bursts: int = 10, longest_us: int = 400) -> int:
        """So many short marks as stray light makes, at random times. Returns when they are over."""
        at_least("bursts", bursts, 1)
        at_least("longest_us", longest_us, 1)
        times: list[float] = []
        for _ in range(bursts):
            times += [self._random.randint(1, longest_us), self._random.randint(1, 10 * longest_us)]
        return self._play(times[:-1], self._start(), 0)

    def stop(self) -> None:
        """Send no more; the output goes high."""
        playing, self._playing = self._playing, []
        for each in playing:
            if not each.done:
                each.stop()
        self._free = self.board.time.now()
        self.line.drive(1, by=self._by)

    def state(self) -> dict[str, str]:
        return {"last": self._last, "sent": str(self.sent)}

    def _start(self, gap: int = 0) -> int:
        return max(self.board.time.now(), self._free + gap)

    def _code(self, times: Sequence[float], start: int) -> int:
        self._previous = start
        self.sent += 1
        return self._play(times, start, self.jitter_us)

    def _play(self, times: Sequence[float], start: int, jitter: int) -> int:
        """Marks and spaces, a mark first, and high after the last."""
        steps: list[Step] = []
        edge, exact = float(start), float(start)
        for us, level in zip(times, cycle((0, 1))):
            exact += us
            after = exact + self._random.uniform(-jitter, jitter)
            steps.append((after - edge, level))
            edge = after
        steps.append((0, 1))
        self._playing = [each for each in self._playing if not each.done]
        playing = play(self.board, self.line, steps, start=start, by=self._by)
        self._playing.append(playing)
        assert playing.ends is not None
        self._free = playing.ends
        return playing.ends

    def _unwire(self) -> None:
        self.stop()
        self.line.drive(None, by=self._by)
