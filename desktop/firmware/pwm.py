"""machine.PWM: an output that toggles by itself.

What it is set to is in `board.pwm`. Its edges are made while somebody hears them, a watcher or an interrupt on its
wire; else only the wire's level, when it is asked for, so that a carrier costs nothing.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from . import pins_of
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from ..board import Board
    from ..board.hardware import Alarm
    from .world import World

LEAST_HZ = {"pico": 8, "pico2": 9}  # of those whose slices count 16 bits of a clock that is divided by 256 at most
BEHIND = 1_000_000  # us: edges that are later than this are left out, as after the desktop has slept


class Wave:
    """A square wave on a pin, from the time when it is set. Any thread."""

    def __init__(self, board: Board, name: str, owner: object = None) -> None:
        self._board = board
        self._owner = owner  # is not to be collected while it goes on
        self._name = name
        self._line = board.line(name)
        self._lock = threading.RLock()
        self._period = 0.0  # us
        self._high = 0.0  # us of them
        self._start = 0
        self._edge = 0  # number of the next: even ones rise
        self._alarm: Alarm | None = None

    def set(self, period: float, high: float) -> None:
        """Periods of so many us, the first `high` of which are high; all or none of them: a constant level."""
        with self._lock:
            self._period, self._high = period, min(high, period)
            self._start = self._board.time.now()
            self._edge = 1
            self._stop()
            self._line.on_listened = self._listened
            self._line.give_up = self.end
            self._board.pwm[self._name] = (1e6 / period, self._high / period)
            self._line.output(1 if high > 0 else 0)
            self._go()

    def end(self) -> None:
        """Let the pin go."""
        with self._lock:
            self._stop()
            self._high = 0.0
            self._line.on_listened = self._line.give_up = None
            self._board.pwm.pop(self._name, None)
            self._line.output(None)

    def level_at(self, when: int) -> int:
        """The level after the last edge until then, which are all at whole microseconds."""
        number = self._period_at(when)
        return 1 if when - self._start < round(number * self._period + self._high) else 0

    def _period_at(self, when: int) -> int:
        number = int((when - self._start + 1) / self._period)
        while round(number * self._period) > when - self._start:
            number -= 1
        return number

    def _stop(self) -> None:
        self._line.set_wave(None)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _go(self) -> None:
        if not 0 < self._high < self._period:
            return
        if not self._line.listened():
            self._line.set_wave(self.level_at)
        elif self._alarm is None:
            now = self._board.time.now()
            if self._due() < now - BEHIND:
                self._edge = 2 * int((now - self._start) / self._period) + 2
            self._alarm = self._board.at(self._due(), self._toggle)

    def _due(self) -> int:
        return self._start + round(self._edge // 2 * self._period + (self._high if self._edge & 1 else 0))

    def _toggle(self) -> None:
        with self._lock:
            if self._alarm is None:
                return
            level = 1 - (self._edge & 1)
            self._edge += 1
            self._alarm = self._board.at(self._due(), self._toggle)
        self._line.output(level)

    def _listened(self) -> None:
        with self._lock:
            if self._line.listened() == (self._alarm is not None) or not 0 < self._high < self._period:
                return
            now = self._board.time.now()
            level = self.level_at(now)
            self._stop()
            self._edge = 2 * self._period_at(now) + (1 if level else 2)
            self._line.output(level)
            self._go()


class PWM(OfBoard):
    """A pin that toggles. Args: dest, the Pin; freq, Hz; duty_u16, of 65535; duty_ns; duty, of 1023; invert."""

    def __init__(self, dest: Any, **settings: Any) -> None:
        self._board.interrupts.refuse("make a PWM")
        self._name = pins_of.name_of(self._board, dest)
        self._user = f"PWM({self._name})"
        self._wave = Wave(self._board, self._name, self)
        self._goes_on()
        self._freq = 0.0 if self._board.kind.platform == "rp2" else 5000.0
        self._duty = 0.0 if self._board.kind.platform == "rp2" else 0.5
        self._high_ns: int | None = None  # if the duty was given as a time, which a change of freq leaves alone
        self._invert = False
        self.init(**settings)

    def init(
        self, *, freq: float | None = None, duty_u16: int | None = None, duty_ns: int | None = None,
        duty: int | None = None, invert: bool | None = None,
    ) -> None:
        """Change what is given, and have the pin, if it was taken away or given up. ValueError for what can't be."""
        if self._board.users.get(self._name) != self._user:
            pins_of.claim(self._board, self._user, self._name)
        self._change(freq, duty_u16, duty_ns, duty, invert)

    def _change(
        self, freq: float | None = None, duty_u16: int | None = None, duty_ns: int | None = None,
        duty: int | None = None, invert: bool | None = None,
    ) -> None:
        if freq is not None:
            least = LEAST_HZ.get(self._board.kind.name, 1)
            if not least <= freq <= 62_500_000:
                raise ValueError(f"freq is {least} Hz to 62.5 MHz on a {self._board.kind.name}, not {freq!r}")
            self._freq = freq
        if invert is not None:
            self._invert = bool(invert)
        for value, top in ((duty_u16, 65535), (duty, 1023)):
            if value is not None:
                self._duty, self._high_ns = min(1.0, max(0, value) / top), None
        if duty_ns is not None:
            self._high_ns = max(0, duty_ns)
        if self._freq and self._high_ns is not None:
            self._duty = min(1.0, self._high_ns * self._freq / 1e9)
        self._apply()

    def _apply(self) -> None:
        if not self._freq or self._board.users.get(self._name) != self._user:
            return
        duty = 1 - self._duty if self._invert else self._duty
        self._wave.set(1e6 / self._freq, duty * 1e6 / self._freq)

    def freq(self, value: float | None = None) -> int | None:
        """Hz; or set them."""
        if value is None:
            return int(self._freq)
        self._change(freq=value)
        return None

    def duty_u16(self, value: int | None = None) -> int | None:
        """How much of the time it is high, of 65535; or set that."""
        if value is None:
            return round(self._duty * 65535)
        self._change(duty_u16=value)
        return None

    def duty_ns(self, value: int | None = None) -> int | None:
        """How long a pulse is, in nanoseconds; or set that."""
        if value is None:
            return round(self._duty * 1e9 / self._freq) if self._freq else self._high_ns or 0
        self._change(duty_ns=value)
        return None

    def deinit(self) -> None:
        """Stop, and let the pin go."""
        self._wave.end()
        pins_of.release(self._board, self._user)

    def __repr__(self) -> str:
        return f"PWM({self._name}, freq={self._freq:g}, duty_u16={round(self._duty * 65535)})"


class ESP32PWM(PWM):
    """PWM, with a duty in parts of 1023."""

    def duty(self, value: int | None = None) -> int | None:
        """As `duty_u16`, of 1023."""
        if value is None:
            return round(self._duty * 1023)
        self._change(duty=value)
        return None


def pwm_class(world: World) -> type[PWM]:
    """The PWM of `world`'s application."""
    made = bound(ESP32PWM if world.board.kind.platform == "esp32" else PWM, world, "machine")
    made.__name__ = made.__qualname__ = "PWM"
    return made
