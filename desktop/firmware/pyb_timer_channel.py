"""Channels of a pyb.Timer: pulses, what happens when the counter comes to a number, captures, and encoders."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import pins_of
from .pwm import Wave
from .timer import Ticker

if TYPE_CHECKING:
    from ..board import Line
    from .pyb_timer import Timer

PWM, PWM_INVERTED, TIMING, ACTIVE, INACTIVE, TOGGLE, FORCED_ACTIVE, FORCED_INACTIVE, CAPTURE, *ENCODERS = range(12)
HIGH, RISING, LOW, FALLING, BOTH = 0, 0, 2, 2, 10
COUNTED = {9: (0,), 10: (1,), 11: (0, 1)}  # of an encoder's two channels, those whose edges count, by mode


class TimerChannel:
    """One channel of a Timer. Args: mode; pin; what its mode needs; callback, see `callback`."""

    def __init__(
        self, timer: Timer, number: int, mode: int, *, callback: Callable[[Timer], object] | None = None,
        pin: Any = None, pulse_width: int = 0, pulse_width_percent: float | None = None, compare: int = 0,
        polarity: int = HIGH,
    ) -> None:
        self._timer = timer
        self._board = timer._board
        self._mode = mode
        self._polarity = polarity
        self._user = f"Timer({timer._id}) channel {number}"
        self._fn: Callable[[Timer], object] | None = None
        self._match = Ticker(self._board, self._matched)
        self._line: Line | None = None
        self._wave: Wave | None = None
        self._count = compare or pulse_width
        if pin is not None:
            name = pins_of.name_of(self._board, pin)
            (self._line,) = pins_of.claim(self._board, self._user, name)
            if mode in (PWM, PWM_INVERTED):
                self._wave = Wave(self._board, name)
            elif mode == CAPTURE:
                self._line.watch(self._edge)
            elif mode not in ENCODERS:
                self._line.output(self._level(mode == FORCED_ACTIVE))
        if pulse_width_percent is not None:
            self._count = self._of_percent(pulse_width_percent)
        self.callback(callback)

    def apply(self) -> None:
        """Do what is asked for, beginning now: the timer, or the channel, was set anew."""
        timer = self._timer
        self._match.stop()
        if not timer._ticker.running or self._mode in (CAPTURE, FORCED_ACTIVE, FORCED_INACTIVE, *ENCODERS):
            return
        period, top = timer._ticker.period, timer._period + 1
        if self._wave is not None:
            high = min(1.0, self._count / top)
            high = 1 - high if self._mode == PWM_INVERTED else high
            self._wave.set(float(period), high * float(period))
        if self._fn is not None or (self._line is not None and self._wave is None):
            to_go = (self._count - timer.count_at(self._board.time.now())) % top
            self._match.start(period, delay=Fraction(to_go or top, top) * period)

    def _level(self, active: bool) -> int:
        return int(active) ^ int(self._polarity == LOW)

    def _matched(self) -> None:
        if self._line is not None and self._wave is None and self._mode != TIMING:
            on = not self._line.level() if self._mode == TOGGLE else self._level(self._mode == ACTIVE)
            self._line.output(int(on))
        self._call()

    def _edge(self, level: int, when: int) -> None:
        if self._polarity == BOTH or level == (self._polarity == RISING):
            self._count = self._timer.count_at(when)
            self._call()

    def _call(self) -> None:
        if self._fn is not None:
            self._board.interrupts.request(self._fn, self._timer, True, self._user, self._failed)

    def _failed(self) -> None:
        self._fn = None

    def callback(self, fun: Callable[[Timer], object] | None) -> None:
        """Have `fun(timer)` called as a hard interrupt when the counter comes to the channel's number, or an edge is
        captured; None: no more. ValueError.
        """
        if fun is not None and not callable(fun):
            raise ValueError(f"callback must be None or callable, not {type(fun).__name__}")
        self._fn = fun
        self.apply()

    def pulse_width(self, value: int | None = None) -> int | None:
        """The counts for which it is on, or at which it acts, or that were captured; or set them."""
        if value is None:
            return self._count
        self._count = value
        self.apply()
        return None

    capture = compare = pulse_width

    def pulse_width_percent(self, value: float | None = None) -> float | None:
        """The same as a percentage of the period."""
        if value is None:
            return 100 * self._count / (self._timer._period + 1)
        self.pulse_width(self._of_percent(value))
        return None

    def _of_percent(self, percent: float) -> int:
        return round(min(100, max(0, percent)) * (self._timer._period + 1) / 100)

    def end(self) -> None:
        """Let the pin go."""
        self._fn = None
        self._match.stop()
        if self._wave is not None:
            self._wave.end()
        elif self._line is not None:
            self._line.unwatch(self._edge)
            self._line.output(None)
        pins_of.release(self._board, self._user)


class Quadrature:
    """The counter of a Timer whose channels 1 and 2 have the two outputs of an encoder: up if the first one leads."""

    def __init__(self) -> None:
        self.count = 0
        self._lines: list[Line | None] = [None, None]
        self._counted: tuple[int, ...] = ()
        self._watches = [lambda level, when: self._edge(0, level), lambda level, when: self._edge(1, level)]

    def add(self, place: int, channel: TimerChannel) -> None:
        """`channel` is the first one (0) or the second (1)."""
        self._counted = COUNTED[channel._mode]
        self._lines[place] = channel._line
        if channel._line is not None:
            channel._line.watch(self._watches[place])

    def end(self) -> None:
        """Count no more."""
        for line, watch in zip(self._lines, self._watches, strict=True):
            if line is not None:
                line.unwatch(watch)

    def _edge(self, place: int, level: int) -> None:
        other = self._lines[1 - place]
        if place in self._counted and other is not None:
            self.count += 1 if (level != other.level()) == (place == 0) else -1
