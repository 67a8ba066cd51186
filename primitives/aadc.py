"""AADC: a task waits until the voltage at an ADC has changed, or has left or come into a range.

    aadc = AADC(ADC(26))
    while True:
        print(await aadc(2000))  # each time that it has changed by more than 2000 of 65535

The ADC is read once an interval by each task that waits, and not at all while none does.
"""

from ..core.sleep import sleep_ms
from .durations import check_ms

CHANGE = 1024  # of 65535, 1.6 %: more than the noise of the ADC of a board


class AADC:
    """`adc`: what has `read_u16`, as machine.ADC. `interval_ms`: from one reading to the next, also an attribute.

    `await aadc(change)` waits until it has changed by more than that from what it is at the call; `await aadc(lower,
    upper)` until it is outside of these; both return the value that was. `await aadc()`, or `await aadc`, goes by the
    limits given last, and before any were by a change of more than 1024. After `sense(False)` it is the other way
    round: until the value is inside. Any number of tasks may wait, each by limits of its own. What the ADC raises, who
    waits gets. All of it is for tasks; there is nothing to end, and nothing is left when a wait is cancelled.
    """

    def __init__(self, adc, interval_ms=10):
        if not hasattr(adc, "read_u16"):
            raise TypeError("an AADC needs what has read_u16(), such as a machine.ADC, not " + repr(adc))
        self.interval_ms = check_ms("interval_ms", interval_ms)
        self._adc = adc
        self._lower = None  # and `_upper`: as given last
        self._upper = None
        self._outside = True
        self._last = None

    def __call__(self, lower=None, upper=None):
        """Awaitable, the value: until it is as the class says. ValueError for limits that make no sense."""
        for limit in (lower, upper):
            if limit is not None and not isinstance(limit, (int, float)):
                raise ValueError("a limit, or a change, is a number, not " + repr(limit))
        if lower is None:
            if upper is not None:
                raise ValueError("give both limits, the lower one first, or one number for a change")
        elif upper is None:
            if lower < 0:
                raise ValueError("a change is 0 or more to either side, not " + str(lower))
            value = self.read_u16()
            self._lower = value - lower
            self._upper = value + lower
        elif lower > upper:
            raise ValueError("the lower limit is above the upper one: " + str(lower) + " and " + str(upper))
        else:
            self._lower = lower
            self._upper = upper
        if self._lower is None:
            value = self.read_u16()
            return _Crossing(self, value - CHANGE, value + CHANGE, self._outside)
        return _Crossing(self, self._lower, self._upper, self._outside)

    def wait(self):
        """Awaitable: as `await aadc()`, so that it can be a member of a WaitAny."""
        return self()

    def __await__(self):
        return self().__await__()

    __iter__ = __await__

    def sense(self, normal):
        """Whether the waits that begin from now on are for a value outside of their limits; False: inside."""
        self._outside = bool(normal)

    def read_u16(self, last=False):
        """The value now, 0 to 65535; `last`: what was read last, by a task that waits or so, if anything was."""
        if not last or self._last is None:
            self._last = self._adc.read_u16()
        return self._last


class _Crossing:
    """One wait."""

    def __init__(self, aadc, lower, upper, outside):
        self._aadc = aadc
        self._lower = lower
        self._upper = upper
        self._outside = outside

    def __await__(self):
        aadc = self._aadc
        while True:
            value = aadc.read_u16()
            if (self._lower <= value <= self._upper) != self._outside:
                return value
            yield from sleep_ms(aadc.interval_ms)

    __iter__ = __await__
