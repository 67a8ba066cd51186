"""pyb.Timer: a hardware timer of an STM32, whose callbacks are hard interrupts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from .of_board import OfBoard, bound
from .pyb_timer_channel import ENCODERS, Quadrature, TimerChannel
from .timer import Ticker

if TYPE_CHECKING:
    from .world import World

FAST = (1, 8, 9, 10, 11)  # those that count at the processor's speed, the others at half of it
WIDE = (2, 5)  # those that count in 32 bits
EXACT = 10_000  # prescalers that are tried, to have exactly the frequency that is asked for


class Timer(OfBoard):
    """Timer `id`, 1 to 14; there is one object for each. The rest as `init`."""

    UP = 0
    DOWN = 16
    CENTER = 32
    PWM = 0
    PWM_INVERTED = 1
    OC_TIMING, OC_ACTIVE, OC_INACTIVE, OC_TOGGLE, OC_FORCED_ACTIVE, OC_FORCED_INACTIVE = range(2, 8)
    IC, ENC_A, ENC_B, ENC_AB = range(8, 12)
    HIGH, LOW, RISING, FALLING, BOTH = 0, 2, 0, 2, 10
    _made: ClassVar[dict[int, Timer]]
    _id: int
    _ticker: Ticker
    _fn: Callable[[Timer], object] | None
    _prescaler: int
    _period: int
    _offset: int
    _channels: dict[int, TimerChannel]
    _quadrature: Quadrature | None

    def __new__(cls, id: int, **settings: Any) -> Timer:
        cls._board.interrupts.refuse("make a Timer: make it before, and `init` it here")
        if id not in range(1, 15):
            raise ValueError(f"Timer({id!r}) doesn't exist: a pyboard has 1 to 14")
        self = cls._made.get(id)
        if self is None:
            self = object.__new__(cls)
            self._id = id
            self._fn = None
            self._prescaler = self._period = self._offset = 0
            self._channels = {}
            self._quadrature = None
            self._ticker = Ticker(cls._board, self._tick)
            cls._made[id] = self
            self._goes_on()
        if settings:
            self.init(**settings)
        return self

    def init(
        self, *, freq: float | None = None, prescaler: int | None = None, period: int | None = None, mode: int = UP,
        div: int = 1, callback: Callable[[Timer], object] | None = None, deadtime: int = 0,
    ) -> None:
        """Start it, anew if it ran. Args: freq, Hz, or else prescaler and period; callback, as `callback`."""
        self._ticker.stop()
        if freq is not None:
            self._set_freq(freq)
        elif prescaler is not None and period is not None:
            if not 0 <= prescaler <= 0xFFFF or not 0 <= period <= self._top():
                limits = f"prescaler is 0 to 0xffff and period 0 to {self._top():#x}"
                raise ValueError(f"{limits}, not {prescaler!r} and {period!r}")
            self._prescaler, self._period = prescaler, period
        else:
            raise TypeError("must specify either freq, or prescaler and period")
        self._fn = None
        self._run()
        self.callback(callback)

    def _set_freq(self, freq: float) -> None:
        if not 0 < freq <= self.source_freq():
            raise ValueError(f"freq is in Hz, more than 0 and at most {self.source_freq()}, not {freq!r}")
        counts = self.source_freq() / Fraction(freq)
        least = min(-(-counts // (self._top() + 1)), 0x10000)
        divisor = next((each for each in range(least, min(least + EXACT, 0x10000)) if counts % each == 0), least)
        self._prescaler = divisor - 1
        self._period = min(round(counts / divisor) - 1, self._top())

    def _top(self) -> int:
        return 0x3FFFFFFF if self._id in WIDE else 0xFFFF

    def _run(self) -> None:
        self._offset = 0
        self._ticker.start(Fraction(1_000_000 * (self._prescaler + 1) * (self._period + 1), self.source_freq()))
        for channel in self._channels.values():
            channel.apply()

    def _tick(self) -> None:
        fn = self._fn
        if fn is not None:
            self._board.interrupts.request(fn, self, True, f"Timer({self._id})", self._failed)

    def _failed(self) -> None:
        self._fn = None

    def callback(self, fun: Callable[[Timer], object] | None) -> None:
        """Have `fun(timer)` called as a hard interrupt each time the timer comes round; None: no more. ValueError."""
        if fun is not None and not callable(fun):
            raise ValueError(f"callback must be None or callable, not {type(fun).__name__}")
        self._fn = fun

    def deinit(self) -> None:
        """Stop it and its channels."""
        self._fn = None
        self._ticker.stop()
        for channel in self._channels.values():
            channel.end()
        self._channels = {}
        self._forget_encoder()

    def counter(self, value: int | None = None) -> int | None:
        """What it counts now, 0 to the period; or set that. With channels for an encoder: that one's steps."""
        if value is None:
            return self.count_at(self._board.time.now())
        if self._quadrature is not None:
            self._quadrature.count = value
            return None
        self._offset += value - self.count_at(self._board.time.now())
        for channel in self._channels.values():
            channel.apply()
        return None

    def count_at(self, when: int) -> int:
        """What it counts at that time, in us."""
        if self._quadrature is not None:
            return self._quadrature.count % (self._period + 1)
        return (int(self._ticker.phase(when) * (self._period + 1)) + self._offset) % (self._period + 1)

    def freq(self, value: float | None = None) -> Any:
        """Hz; or set them."""
        if value is None:
            exact = Fraction(self.source_freq(), (self._prescaler + 1) * (self._period + 1))
            return exact.numerator if exact.denominator == 1 else float(exact)
        self._set_freq(value)
        self._run()
        return None

    def prescaler(self, value: int | None = None) -> int | None:
        """How many clocks make a count, less one; or set that."""
        if value is None:
            return self._prescaler
        self._prescaler = value & 0xFFFF
        self._run()
        return None

    def period(self, value: int | None = None) -> int | None:
        """The highest count; or set it."""
        if value is None:
            return self._period
        self._period = value & self._top()
        self._run()
        return None

    def source_freq(self) -> int:
        """Hz of the clock that is counted."""
        return 168_000_000 if self._id in FAST else 84_000_000

    def channel(self, channel: int, mode: int | None = None, **settings: Any) -> TimerChannel | None:
        """A channel that was set up, or None; with `mode`, one of those of Timer, set it up. ValueError.

        The rest: pin; pulse_width or pulse_width_percent, of PWM; compare and polarity, of OC_...; polarity, of IC;
        callback, which is called with the Timer, as a hard interrupt.
        """
        if channel not in (1, 2, 3, 4):
            raise ValueError(f"a Timer has channels 1 to 4, not {channel!r}")
        if mode is None:
            return self._channels.get(channel)
        if mode not in range(12):
            raise ValueError(f"invalid mode {mode!r}: there is Timer.PWM, PWM_INVERTED, IC, and OC_ and ENC_")
        encoder = mode in ENCODERS
        if encoder and channel > 2:
            raise ValueError(f"an encoder is at the channels 1 and 2 of a Timer, not {channel}")
        before = self._channels.pop(channel, None)
        if before is not None:
            before.end()
        if self._quadrature is not None and not (encoder and before is None):
            self._forget_encoder()
        made = self._channels[channel] = TimerChannel(self, channel, mode, **settings)
        if encoder:
            self._quadrature = self._quadrature or Quadrature()
            self._quadrature.add(channel - 1, made)
            self._ticker.stop()
        return made

    def _forget_encoder(self) -> None:
        if self._quadrature is not None:
            self._quadrature.end()
            self._quadrature = None

    def __repr__(self) -> str:
        return f"Timer({self._id}, freq={self.freq()}, prescaler={self._prescaler}, period={self._period})"


def timer_class(world: World) -> type[Timer]:
    """pyb's Timer of `world`'s application."""
    return bound(Timer, world, "pyb", _made={})
