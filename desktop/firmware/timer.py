"""machine.Timer, and the ticking that pyb.Timer has too."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .of_board import OfBoard, bound, describe

if TYPE_CHECKING:
    from ..board import Board
    from ..board.hardware import Alarm
    from .world import World

KEEP: Any = object()
BEHIND = 1_000_000  # us: ticks that are later than this are left out, as after the desktop has slept
IDS = {"rp2": (-1,), "pyboard": (-1,), "esp32": (-1, 0, 1, 2, 3)}


class Ticker:
    """Calls `tick()` in the hardware's thread, `period` us apart, with no drift: the n-th is due at start + n periods.

    Any thread, hard handlers included. After `stop` no tick begins.
    """

    def __init__(self, board: Board, tick: Callable[[], object]) -> None:
        self.period = Fraction(0)
        self.running = False
        self._board = board
        self._tick = tick
        self._start = 0
        self._late = Fraction(0)  # by which ticks are later than after whole periods
        self._number = 0
        self._repeat = True
        self._alarm: Alarm | None = None
        self._lock = threading.Lock()

    def start(self, period: Fraction, repeat: bool = True, delay: Fraction | None = None) -> None:
        """Begin, or begin anew; the first tick after `delay`, a period if None. A period counts as 1 us at least."""
        with self._lock:
            self._cancel()
            self.period = max(period, Fraction(1))
            self._repeat = repeat
            self._start = self._board.time.now()
            self._late = Fraction(0) if delay is None else delay - self.period
            self._number = 0
            self.running = True
            self._next()

    def stop(self) -> None:
        with self._lock:
            self._cancel()

    def phase(self, when: int) -> Fraction:
        """How much of the period has passed at that time, 0 to 1."""
        if not self.running:
            return Fraction(0)
        return (when - self._start) / self.period % 1

    def _cancel(self) -> None:
        self.running = False
        alarm, self._alarm = self._alarm, None
        if alarm is not None:
            alarm.cancel()

    def _next(self) -> None:
        self._number += 1
        due = self._due(self._number)
        if due < self._board.time.now() - BEHIND:
            self._number = int((self._board.time.now() - self._start) / self.period) + 1
            due = self._due(self._number)
        self._alarm = self._board.at(due, self._fire, self._number, self._start)

    def _due(self, number: int) -> int:
        return self._start + round(number * self.period + self._late)

    def _fire(self, number: int, start: int) -> None:
        with self._lock:
            if not self.running or number != self._number or start != self._start:
                return  # it was stopped, or begun anew, while this tick was on its way
            if self._repeat:
                self._next()
            else:
                self._cancel()
        self._tick()


class Timer(OfBoard):
    """A timer that calls a function once or again and again. Args: id, -1, a number where the board has some; the rest
    as `init`, which is called if there is any. ValueError for an id that there is not.
    """

    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id: int = -1, *args: Any, **settings: Any) -> None:
        self._board.interrupts.refuse("make a Timer: make it before, and `init` it here")
        kind = self._board.kind
        ids = IDS[kind.platform]
        if id not in ids:
            more = ", and pyb.Timer has 1 to 14" if kind.platform == "pyboard" else ""
            raise ValueError(f"Timer({id!r}) doesn't exist: a {kind.name} has {describe(ids)}{more}")
        self._id = id
        self._callback: Callable[[Timer], object] | None = None
        self._hard = False
        self._mode = self.PERIODIC
        self._ticker = Ticker(self._board, self._tick)
        self._goes_on()
        if args or settings:
            self.init(*args, **settings)

    def init(
        self, *, mode: int = PERIODIC, period: int = -1, freq: float = -1, tick_hz: int = 1000,
        callback: Callable[[Timer], object] | None = None, hard: bool = False,
    ) -> None:
        """Start it, anew if it ran.

        Args: mode, ONE_SHOT or PERIODIC; freq, times a second, or else period, in units of 1/tick_hz seconds;
        callback, called with the Timer; hard, at once, as an interrupt, else by the main program as soon as it can.
        ValueError says what is wrong with a number.
        """
        if mode not in (self.ONE_SHOT, self.PERIODIC):
            raise ValueError(f"invalid mode {mode!r}: there is Timer.ONE_SHOT and Timer.PERIODIC")
        if callback is not None and not callable(callback):
            raise ValueError(f"callback must be callable, or None, not {type(callback).__name__}")
        length = period_of(freq, period, tick_hz)
        self._ticker.stop()
        self._callback, self._hard, self._mode = callback, hard, mode
        self._ticker.start(length, mode == self.PERIODIC)

    def deinit(self) -> None:
        """Stop it."""
        self._ticker.stop()

    def value(self) -> int:
        """Milliseconds since it last ticked."""
        return int(self._ticker.phase(self._board.time.now()) * self._ticker.period / 1000)

    def _tick(self) -> None:
        if self._callback is not None:
            self._board.interrupts.request(self._callback, self, self._hard, repr(self), self.deinit)

    def __repr__(self) -> str:
        mode = "PERIODIC" if self._mode == self.PERIODIC else "ONE_SHOT"
        return f"Timer({self._id}, mode={mode}, period={int(self._ticker.period)} us)"


def period_of(freq: float, period: int, tick_hz: int) -> Fraction:
    """Microseconds between two ticks. ValueError."""
    if freq != -1:
        if not freq > 0:
            raise ValueError(f"freq is in Hz and more than 0, not {freq!r}")
        return 1_000_000 / Fraction(freq)
    if period == -1:
        raise ValueError("a Timer needs freq= or period=")
    if period < 0 or tick_hz <= 0:
        raise ValueError(f"period and tick_hz are more than 0, not {period!r} and {tick_hz!r}")
    return Fraction(period) * 1_000_000 / tick_hz


def timer_class(world: World) -> type[Timer]:
    """The Timer of `world`'s application."""
    return bound(Timer, world, "machine")
