"""Waveforms: levels with times, played on a line; and voltages as functions of time, for the ADC at a pin.

    play(board, "GP2", [(100, 0), (50, 1), (0, None)])
    board.analog("GP26").value = sine(50, 0.2, 0.8)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from random import Random

from twincore.desktop.board import Board, Line

from .chip import Measured, Pin, at_least, at_time, line_of

AT_ONCE = 1000  # steps: an endless waveform whose steps take no time would never let the board go on
Step = tuple[float, int | None]  # for so many us the line is driven to that level; None: let go of


class Playing:
    """A waveform under way, which `play` gives. Any thread."""

    def __init__(self, board: Board, line: Line, steps: Iterator[Step], start: int, by: str) -> None:
        self.line = line
        self.done = False
        self.ends: int | None = None  # when the last step is over, in us of the board's time; None: not known yet
        self._board = board
        self._steps = steps
        self._next = float(start)  # exact, so that rounding does not add up
        self._by = by
        self._at_once = 0  # so many steps in a row took no time

    def stop(self) -> None:
        """Play no more, and let go of the line. One that has ended lets go, too."""
        self.done = True
        self.line.drive(None, by=self._by)

    def _step(self) -> None:
        if self.done:
            return
        step = next(self._steps, None)
        if step is None:
            self.done = True
            return
        us, level = step
        _check(step)
        self._at_once = 0 if us else self._at_once + 1
        if self._at_once > AT_ONCE:
            raise ValueError(f"more than {AT_ONCE} steps of a waveform, one after the other, take no time")
        self.line.drive(level, by=self._by)
        if self.done:  # stopped by another thread meanwhile, or by a watcher of the line
            self.line.drive(None, by=self._by)
            return
        self._next += us
        self._board.at(round(self._next), self._step)


def play(
    board: Board, pin: Pin, steps: Iterable[Step], *, start: int | None = None, by: str = "waveform"
) -> Playing:
    """Drive `pin` to the level of each step, for as many microseconds as it says. After the last it stays driven.

    Args: steps, a sequence, or an iterator without end; start, when, in us of the board's time, None: the first level
    is there when this returns; by, who drives, for messages: one waveform at a time on a line under one name.
    Raises ValueError for a time below 0 and for a level that is none of 0, 1, None; for those of an iterator the board
    reports it when it comes to them.
    """
    line = line_of(board, pin)
    now = board.time.now()
    begin = now if start is None else start
    if isinstance(steps, Sequence):
        for step in steps:
            _check(step)
    playing = Playing(board, line, iter(steps), begin, by)
    if isinstance(steps, Sequence):
        playing.ends = round(begin + math.fsum(us for us, _ in steps))
    if start is None:
        playing._step()
    else:
        board.at(begin, playing._step)
    return playing


def _check(step: Step) -> None:
    us, level = step
    at_least("the time of a step, in us,", us, 0)
    if level not in (0, 1, None):
        raise ValueError(f"the level of a step is 0, 1 or None, not {level!r}")


def square(
    board: Board, pin: Pin, hz: float, *, duty: float = 0.5, cycles: int | None = None, start: int | None = None
) -> Playing:
    """A square wave on `pin`, high first for `duty` (0 to 1) of the cycle, for so many cycles or until `stop()`.

    ValueError for a frequency that is not above 0 and at most 500 kHz, as times are whole microseconds.
    """
    if not 0 < hz <= 500_000:
        raise ValueError(f"hz is above 0 and at most 500000, not {hz!r}")
    if not 0 < duty < 1:
        raise ValueError(f"duty is between 0 and 1, not {duty!r}")
    period = 1e6 / hz
    cycle: list[Step] = [(period * duty, 1), (period * (1 - duty), 0)]
    if cycles is not None:
        at_least("cycles", cycles, 1)
        return play(board, pin, cycle * cycles, start=start, by="square wave")
    return play(board, pin, (step for again in repeat(cycle) for step in again), start=start, by="square wave")


def sine(hz: float, low: float = 0.0, high: float = 1.0, *, phase: float = 0.0) -> Callable[[int], float]:
    """A voltage between `low` and `high`, 0.0 to 1.0 of the reference; at 0 us in the middle and rising.

    `phase`: so many turns further on.
    """
    at_least("hz", hz, 0)
    _range(low, high)
    middle, swing = (low + high) / 2, (high - low) / 2
    return lambda now: middle + swing * math.sin(2 * math.pi * (hz * now / 1e6 + phase))


def ramp(period_us: float, low: float = 0.0, high: float = 1.0) -> Callable[[int], float]:
    """A saw tooth: the voltage rises from `low` to `high` in each period, and falls back at once."""
    at_least("period_us", period_us, 1)
    _range(low, high)
    return lambda now: low + (high - low) * (now % period_us) / period_us


def noise(of: Measured, amplitude: float, *, seed: int = 0) -> Callable[[int], float]:
    """`of`, a voltage or a waveform, with noise of at most `amplitude` to either side, the same at the same time."""
    at_least("amplitude", amplitude, 0)
    return lambda now: at_time(of, now) + Random((now << 32) ^ seed).uniform(-amplitude, amplitude)


def samples(values: Sequence[float], every_us: int, *, again: bool = False) -> Callable[[int], float]:
    """A recorded voltage, one value each `every_us`, held between; the last one stays, or it begins again."""
    if not values:
        raise ValueError("there are no samples")
    at_least("every_us", every_us, 1)
    kept = list(values)

    def value(now: int) -> float:
        number = now // every_us
        return kept[number % len(kept) if again else min(number, len(kept) - 1)]

    return value


def _range(low: float, high: float) -> None:
    if not 0 <= low <= high <= 1:
        raise ValueError(f"low and high are from 0.0 to 1.0, low first, not {low!r} and {high!r}")
