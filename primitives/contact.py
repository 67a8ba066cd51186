"""Contact: what switches and buttons have in common, a contact between a pin and ground or the supply, debounced."""

from ..core.context import check_context, get_event_loop
from .debounce import Debouncer
from .edges import watch
from .pin_irq import check_pin


class Contact(Debouncer):
    """A contact at `pin`, a machine.Pin or a function that gives a level. For tasks of one loop, or before that runs.

    `rest`: the level of the pin while it is open; None: the one that it has now. `poll_ms`, an argument or an attribute
    of the class: 0 to have the pin interrupt, if it can; else how often to look at it, in ms. An idle contact that
    interrupts costs nothing: it has no task, no timer is set, and nobody looks at it.
    """

    # What is as a rule the same is the class's: for each name that an instance has a board needs room.
    debounce_ms = 50
    poll_ms = 0
    _level_at_rest = 1

    def __init__(self, pin, rest, poll_ms):
        Debouncer.__init__(self, get_event_loop())
        self.pin = check_pin(pin)
        self._source = watch(self, self.poll_ms if poll_ms is None else poll_ms)  # None: ended
        try:
            level = self._level()  # after that, or a change between the two would go unnoticed
        except BaseException:
            self._source.stop()
            raise
        rest = level if rest is None else 1 if rest else 0
        if rest != self._level_at_rest:
            self._level_at_rest = rest
        self.closed = level != rest

    def rawstate(self):
        """Whether it is closed at this moment, bouncing or not."""
        self._check()
        return self._level() != self._level_at_rest

    def deinit(self):
        """End it: no timer and no interrupt is left. Again: nothing happens."""
        check_context(self.loop, "deinit()")
        source = self._source
        if source is not None:
            self._source = None
            self.rest()
            source.stop()
            self.ended()

    def ended(self):
        """Of `deinit`, for those that have more to end."""

    def _is_closed(self):
        """Whether it was closed when it had settled last."""
        self._check()
        return self.closed

    def _level(self):
        return 1 if self.pin() else 0

    def _check(self):
        if self._source is None:
            raise RuntimeError("this " + type(self).__name__ + " was ended by deinit()")

    # Of a Debouncer.

    def read_contact(self):
        return self._level() != self._level_at_rest

    def contact_changed(self, closed, when):
        raise NotImplementedError
