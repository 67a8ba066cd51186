"""ESP32Touch: a touch pad of an ESP32 as a Pushbutton.

    button = ESP32Touch(Pin(4))
    button.press_func(led.toggle)

For an RP2040 there is RP2Touch.
"""

from .pushbutton import Pushbutton


class ESP32Touch(Pushbutton):
    """`pin` is a Pin that is a touch pad, or the machine.TouchPad at one. All else is as of Pushbutton.

    The pad counts as touched when it reads less than `threshold` percent (80) of the most that it ever read; so one
    that is touched while this is made is right once it was let go. A pad can't interrupt: it is read every `poll_ms`
    (20), which takes some 220 us. For the first ESP32; the readings of S2 and S3 rise when they are touched.
    ValueError for a pin that is no touch pad; TypeError where there are none.
    """

    poll_ms = 20
    _level_at_rest = 0
    _percent = 80

    @classmethod
    def threshold(cls, val):
        """For the pads made from now on: touched is less than `val` percent, 1 to 99. ValueError for another number."""
        if not isinstance(val, int) or not 1 <= val <= 99:
            raise ValueError("the threshold is 1 to 99 percent, not " + repr(val))
        cls._percent = val

    def __init__(self, pin, suppress=False, *, poll_ms=None):
        self._pad = _pad_at(pin)
        self._most = 0
        self._threshold = self._percent
        Pushbutton.__init__(self, self._touched, suppress, False, poll_ms=poll_ms)

    def _touched(self):
        reading = self._pad.read()
        if reading > self._most:
            self._most = reading
        return reading * 100 < self._most * self._threshold


def _pad_at(pin):
    if hasattr(pin, "read"):
        return pin
    try:
        from machine import TouchPad
    except ImportError:
        raise TypeError("there is no machine.TouchPad here, only on an ESP32: give an object with read()") from None
    try:
        return TouchPad(pin)
    except ValueError as exc:
        raise ValueError(repr(pin) + " is no touch pad: " + str(exc)) from None
