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

    It is told when the contact of `key` closes and opens, debounced, and calls `owner.happened(key, what)`:

    | what | when |
    |---|---|
    | CLOSE, OPEN | each time, unless `exclusive` |
    | LONG | it has been closed for `owner.long_press_ms`, and that was not the second of two |
    | DOUBLE | it closes within `owner.double_click_ms` after it closed before; a third time begins anew |
    | SHORT | neither happened: when it opens, or, if a second press may come, when the time for that is over |

    LONG and DOUBLE are looked for if they were in what was wanted last, see `want`, as the press began; a long one is
    not the first of two.
    If `exclusive` each press, or two in the case of DOUBLE, is one pair: CLOSE and OPEN together in place of SHORT;
    or LONG or DOUBLE, and OPEN when it opens. While the button rests no timer runs.
    """

    def __init__(self, loop, owner, key, wanted, exclusive):
        self.key = key
        self._wanted = 0
        self._owner = owner
        self._exclusive = exclusive
        self._closed = False
        self._is = 0  # what this press is so far: CLOSE, LONG or DOUBLE; 0: none was seen to begin
        self._loop = loop
        self._long = None  # Alarms, once they are wanted
        self._second = None  # runs while a second press would make it double
        self.want(wanted)

    def want(self, wanted):
        """Look for LONG, DOUBLE, both, or neither."""
        self._wanted = wanted
        if wanted & LONG and self._long is None:
            self._long = Alarm(self._loop, self._is_long)
        if wanted & DOUBLE and self._second is None:
            self._second = Alarm(self._loop, self._no_second)

    def changed(self, closed, when):
        """The contact closed or opened at `when`."""
        self._closed = closed
        if closed:
            self._close(when)
        else:
            self._open()

    def busy(self):
        """Whether there is more to come of a press."""
        return self._closed or self._second_may_come()

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
                self._second.set(when + ms_units(self._owner.double_click_ms))
            if self._wanted & LONG:
                self._long.set(when + ms_units(self._owner.long_press_ms))
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

    def _is_long(self):
        self._is = LONG
        if self._second is not None:
            self._second.stop()
        self._tell(LONG)

    def _no_second(self):
        if not self._closed:  # else it may be a long one yet
            self._short()

    def _short(self):
        if self._exclusive:
            self._tell(CLOSE)
            self._tell(OPEN)
        else:
            self._tell(SHORT)

    def _tell(self, what):
        self._owner.happened(self.key, what)
