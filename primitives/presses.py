"""Presses: what presses of a button mean, short, long or double.

For the devices of this folder, on their loop's thread.
"""

from ..core.times import ms_units
from .alarm import Alarm

# What happens; the first four are SwArray's constants.
CLOSE = 1
OPEN = 2
LONG = 4
DOUBLE = 8
SHORT = 32  # it is open again, and is known to have been neither long nor the first of two


class Presses:
    """The one machine that tells long and double presses for Pushbutton, EButton and SwArray.

    It is told when the contact of `key` closes and opens, debounced, and calls `owner.happened(key, what)`;
    `owner` has a `loop`, and the times below:

    | what | when |
    |---|---|
    | CLOSE, OPEN | each time, unless `exclusive` |
    | LONG | it has been closed for `owner.long_press_ms`, and that was not the second of two |
    | DOUBLE | it closes within `owner.double_click_ms` after it closed before; a third time begins anew |
    | SHORT | neither happened: when it opens, or, if a second press may come, when the time for that is over |

    LONG and DOUBLE are looked for if they were in what was wanted last, see `want`, as the press began, and are still;
    a long one is not the first of two.
    If `exclusive` each press, or two in the case of DOUBLE, is one pair: CLOSE and OPEN together in place of SHORT;
    or LONG or DOUBLE, and OPEN when it opens. While the button rests no timer runs.
    """

    key = 0  # of those of a matrix
    _long = None  # Alarms, once they are wanted
    _second = None  # runs while a second press would make it double

    def __init__(self, owner, wanted, exclusive):
        self.owner = owner
        self._exclusive = exclusive
        self._is = 0  # what this press is so far: CLOSE, LONG or DOUBLE; 0: it is over, or none was seen to begin
        self.want(wanted)

    def want(self, wanted):
        """Look for LONG, DOUBLE, both, or neither."""
        self._wanted = wanted
        if wanted & LONG and self._long is None:
            self._long = _LongPress(self)
        if wanted & DOUBLE and self._second is None:
            self._second = _SecondPress(self)
        if not wanted & LONG and self._long is not None:
            self._long.stop()
        if not wanted & DOUBLE and self._second_may_come():
            self._second.stop()
            self.no_second()

    def changed(self, closed, when):
        """The contact closed or opened at `when`."""
        if closed:
            self._close(when)
        else:
            self._open()

    def busy(self):
        """Whether there is more to come of a press."""
        return self._is != 0 or self._second_may_come()

    def stop(self):
        """Be done with it."""
        for alarm in (self._long, self._second):
            if alarm is not None:
                alarm.stop()

    def _second_may_come(self):
        return self._second is not None and self._second.running()

    def _close(self, when):
        second = self._second_may_come()
        if second:
            self._second.stop()
            self._is = DOUBLE
        else:
            self._is = CLOSE
            if self._wanted & DOUBLE:
                self._second.set(when + ms_units(self.owner.double_click_ms))
            if self._wanted & LONG:
                self._long.set(when + ms_units(self.owner.long_press_ms))
        if not self._exclusive:
            self._tell(CLOSE)
        if second:
            self._tell(DOUBLE)

    def _open(self):
        if self._long is not None:
            self._long.stop()
        was, self._is = self._is, 0
        if not self._exclusive or was & (LONG | DOUBLE):
            self._tell(OPEN)
        if was == CLOSE and not self._second_may_come():
            self._short()

    def is_long(self):
        """Of its alarm: it has been held for so long."""
        self._is = LONG
        if self._second is not None:
            self._second.stop()
        self._tell(LONG)

    def no_second(self):
        """Of its alarm: the time for a second press is over."""
        if not self._is:  # else it is held, and may be a long one yet
            self._short()

    def _short(self):
        if self._exclusive:
            self._tell(CLOSE)
            self._tell(OPEN)
        else:
            self._tell(SHORT)

    def _tell(self, what):
        self.owner.happened(self.key, what)


class _LongPress(Alarm):
    """When a press has been held for so long."""

    def __init__(self, presses):
        Alarm.__init__(self, presses.owner.loop)
        self._presses = presses

    def call(self):
        self._presses.is_long()


class _SecondPress(Alarm):
    """When the time for a second press is over."""

    def __init__(self, presses):
        Alarm.__init__(self, presses.owner.loop)
        self._presses = presses

    def call(self):
        self._presses.no_second()
