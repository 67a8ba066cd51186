"""Debouncer: at what a contact that bounces has settled. For the devices of this folder, on their loop's thread."""

from ..core.times import ms_units
from .alarm import Alarm


class Debouncer(Alarm):
    """The one machine by which all switches, buttons and keys are debounced.

    A contact that moves may bounce: it has settled once it has not moved for `owner.debounce_ms`. Then, and only then,
    it is looked at, `owner.read_contact(key)`, and if it is not as it was, `owner.contact_changed(key, closed, when)`
    is called, `when` in units of the loop's clock: that is when it was due, however late the loop is. So a bounce, or
    a disturbance, of whatever form does nothing but put that off. It is `running()` until the contact has settled.
    """

    def __init__(self, loop, owner, key, closed):
        Alarm.__init__(self, loop)
        self.owner = owner
        self.key = key
        self.closed = closed  # as it was when it had settled last

    def moved(self, when):
        """It moved at `when`."""
        self.set(when + ms_units(self.owner.debounce_ms))

    def call(self):
        closed = self.owner.read_contact(self.key)
        if closed != self.closed:
            self.closed = closed
            self.owner.contact_changed(self.key, closed, self.when)
