"""Debouncer: at what a contact that bounces has settled. For the devices of this folder, on their loop's thread."""

from ..core.timers import Timer
from ..core.times import ms_units
from .alarm import report


class Debouncer(Timer):
    """The one machine by which all switches, buttons and keys are debounced; base of what has a contact.

    A contact that moves may bounce: it has settled once it has not moved for `debounce_ms`. Then, and only then, it is
    looked at, `read_contact()`, and if it is not as it was, `contact_changed(closed, when)` is called, `when` in units
    of the loop's clock: that is when it was due, however late the loop is. So a bounce, or a disturbance, of whatever
    form does nothing but put that off. What these raise is reported. Those three are a subclass's own.

    It is the timer itself, and has few names of its own, for the switches of a board's user are Debouncers.
    """

    def __init__(self, loop):
        Timer.__init__(self)
        self.loop = loop
        self.closed = False  # as it was when it had settled last

    def moved(self, when):
        """It moved at `when`."""
        self.rest()
        self.loop.timers.push(self, when + ms_units(self.debounce_ms))

    def settling(self):
        """Whether it has moved, and not settled yet."""
        return self.slot >= 0

    def rest(self):
        """Forget that it moved."""
        if self.slot >= 0:
            self.loop.timers.remove(self)

    def expire(self):
        try:
            closed = self.read_contact()
            if closed != self.closed:
                self.closed = closed
                self.contact_changed(closed, self.when)
        except Exception as exc:
            report(self.loop, self, exc)
