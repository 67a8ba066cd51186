"""pyb.Servo: hobby servos at the pins X1 to X4, told by pulses of 1 to 2 ms where to go, 50 a second."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from . import pins_of
from .of_board import OfBoard, bound
from .pwm import Wave
from .timer import Ticker

if TYPE_CHECKING:
    from .world import World

FRAME = 20_000  # us from pulse to pulse
UNIT = 10  # us: pulses are as many of these
LEAST, MOST, CENTRE, ANGLE_90, SPEED_100 = 64, 242, 150, 97, 70  # units; the last two are added to that of the centre


class Servo(OfBoard):
    """Servo `id`, 1 to 4. There is one object for each, which begins in the middle. ValueError for another."""

    _made: ClassVar[dict[int, Servo]]
    _id: int
    _user: str
    _wave: Wave
    _ticker: Ticker
    _calibration: list[int]
    _pulse: int
    _frames: tuple[int, int, int, int]  # of a move: from, to, pulses that are done, pulses in all

    def __new__(cls, id: int) -> Servo:
        cls._board.interrupts.refuse("make a Servo")
        if isinstance(id, bool) or id not in (1, 2, 3, 4):
            raise ValueError(f"Servo({id!r}) doesn't exist: a pyboard has 1 to 4")
        self = cls._made.get(id)
        if self is None:
            self = cls._made[id] = object.__new__(cls)
            self._id = id
            self._user = f"Servo({id})"
            self._wave = Wave(cls._board, f"X{id}", self)
            self._ticker = Ticker(cls._board, self._step)
            self._calibration = [LEAST, MOST, CENTRE, ANGLE_90, SPEED_100]
            self._goes_on()
            pins_of.claim(cls._board, self._user, f"X{id}")
            self._put_out(CENTRE)
        return self

    def angle(self, angle: float | None = None, time: int = 0) -> int | None:
        """Degrees from the middle, -90 to 90; or go there, within `time` ms."""
        return self._value(angle, time, 90, self._calibration[3])

    def speed(self, speed: float | None = None, time: int = 0) -> int | None:
        """Of a servo that turns for ever: -100 to 100; or have that, within `time` ms."""
        return self._value(speed, time, 100, self._calibration[4])

    def pulse_width(self, value: int | None = None) -> int | None:
        """How long its pulses are, in us; or set that."""
        if value is None:
            return UNIT * self._pulse
        self._go(value // UNIT, 0)
        return None

    def calibration(self, *pulses: int) -> tuple[int, ...] | None:
        """Pulses in us: the shortest, the longest, in the middle; how much longer at 90 degrees, and at a speed of 100;
        or set the first three of them, or all. TypeError.
        """
        if not pulses:
            return tuple(UNIT * units for units in self._calibration)
        if len(pulses) not in (3, 5):
            raise TypeError(f"calibration takes 3 or 5 pulses, not {len(pulses)}")
        self._calibration[: len(pulses)] = [us // UNIT for us in pulses]
        return None

    def _value(self, value: float | None, time: int, most: int, units: int) -> int | None:
        centre = self._calibration[2]
        if value is None:
            return int((self._pulse - centre) * most / units)
        self._go(centre + int(units * value / most), time)
        return None

    def _go(self, pulse: int, ms: int) -> None:
        """Have pulses of so many units, by equal steps, one a frame."""
        pulse = max(self._calibration[0], min(self._calibration[1], pulse))
        self._ticker.stop()
        frames = ms * 1000 // FRAME
        if frames < 2:
            self._put_out(pulse)
            return
        self._frames = (self._pulse, pulse, 0, frames)
        self._step()
        self._ticker.start(Fraction(FRAME))

    def _step(self) -> None:
        first, last, done, frames = self._frames
        done += 1
        self._frames = (first, last, done, frames)
        self._put_out(first + (last - first) * done // frames)
        if done == frames:
            self._ticker.stop()

    def _put_out(self, pulse: int) -> None:
        self._pulse = pulse
        self._wave.set(FRAME, UNIT * pulse)

    def deinit(self) -> None:
        """Another program begins: let the pin go."""
        self._ticker.stop()
        self._wave.end()
        pins_of.release(self._board, self._user)
        self._made.pop(self._id, None)

    def __repr__(self) -> str:
        return f"<Servo {self._id} at {UNIT * self._pulse}us>"


def servo_class(world: World) -> type[Servo]:
    """The Servo of `world`'s application."""
    return bound(Servo, world, "pyb", _made={})
