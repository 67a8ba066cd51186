"""Contact: what switches and buttons have in common, a contact between a pin and ground or the supply, debounced."""

from ..core.context import check_context, get_event_loop
from .debounce import Debouncer
from .edges import watch
from .pin_irq import check_pin


class Contact:
    """A contact at `pin`, a machine.Pin or a function that gives a level. For tasks of one loop, or before that runs.

    `rest`: the level of the pin while it is open; None: the one that it has now. `poll_ms`, an argument or an attribute
    of the class: 0 to have the pin interrupt, if it can; else how often to look at it, in ms. An idle contact that
    interrupts costs nothing: it has no task, no timer is set, and nobody looks at it.
    """

    debounce_ms = 50
    poll_ms = 0

    def __init__(self, pin, rest, poll_ms):
        self._loop = get_event_loop()
        self._pin = check_pin(pin)
        self._debouncer = debouncer = Debouncer(self._loop, self, 0, False)
        if poll_ms is None:
            poll_ms = self.poll_ms
        self._source = watch(self._loop, pin, self._level, debouncer.moved, poll_ms)
        # The level after that, or a change between the two would go unnoticed.
        level = self._level()
        self._rest = level if rest is None else 1 if rest else 0
        debouncer.closed = level != self._rest

    def rawstate(self):
        """Whether it is closed at this moment, bouncing or not."""
        self._check()
        return self._level() != self._rest

    def deinit(self):
        """End it: no timer and no interrupt is left. Again: nothing happens."""
        check_context(self._loop, "deinit()")
        if self._debouncer is not None:
            self._source.stop()
            self._debouncer.stop()
            self._debouncer = None
            self.ended()

    def ended(self):
        """Of `deinit`, for those that have more to end."""

    def _level(self):
        return 1 if self._pin() else 0

    def _closed(self):
        """Whether it was closed when it had settled last."""
        self._check()
        return self._debouncer.closed

    def _check(self):
        if self._debouncer is None:
            raise RuntimeError("this " + type(self).__name__ + " was ended by deinit()")

    # Of its Debouncer.

    def read_contact(self, key):
        return self.rawstate()

    def contact_changed(self, key, closed, when):
        raise NotImplementedError
