"""Switch and ESwitch: a debounced switch; one calls functions, the other sets Events.

    switch = Switch(Pin(2, Pin.IN, Pin.PULL_UP))
    switch.close_func(pulse, (led, 1000))

Buttons, which are pressed for a moment, long, or twice, are Pushbutton and EButton.
"""

from ..core.event import Event
from .contact import Contact
from .reactions import Reacting


class Switch(Reacting):
    """A normally open switch between `pin` and ground. Calls functions, or coroutine functions, as it closes and opens.

    All of it is for tasks of one loop, or before that runs. `debounce_ms` (50) and `poll_ms` (0: the pin interrupts if
    it can; else how often it is looked at) are attributes of the class, which an instance may have its own of;
    `poll_ms` is an argument, too. A change is told `debounce_ms` after the contact came to rest. One that is undone
    before the loop has had time to look at it goes unnoticed.

    `pin` is a machine.Pin, set up as an input with a pull-up, or a function that returns 0 or 1. TypeError for others.
    After `deinit` everything but `deinit` raises RuntimeError.
    """

    close = None  # Events, once they are asked for
    open = None
    _on_close = None  # reactions
    _on_open = None

    def __init__(self, pin, *, poll_ms=None):
        Reacting.__init__(self, pin, 1, poll_ms)

    def close_func(self, func, args=()):
        """Call `func(*args)` when it closes, in a task; None: set the Event `close`, which is yours to clear."""
        self._on_close = self._reaction(func, args)
        if func is None:
            self.close = self._on_close

    def open_func(self, func, args=()):
        """Likewise when it opens; None: set the Event `open`."""
        self._on_open = self._reaction(func, args)
        if func is None:
            self.open = self._on_open

    def __call__(self):
        """The level at which it has settled: 0 closed, 1 open."""
        return 0 if self._is_closed() else 1

    def contact_changed(self, closed, when):
        self._react(self._on_close if closed else self._on_open)


class ESwitch(Contact):
    """A switch that sets the Event `close` as it closes, and `open` as it opens. They are yours to clear.

    `lopen` is the level of the pin while it is open. All else is as of Switch.
    """

    def __init__(self, pin, lopen=1, *, poll_ms=None):
        self.close = Event()
        self.open = Event()
        Contact.__init__(self, pin, lopen, poll_ms)

    def __call__(self):
        """1 if it is closed, 0 if open, debounced."""
        return 1 if self._is_closed() else 0

    def contact_changed(self, closed, when):
        (self.close if closed else self.open).set()

    def ended(self):
        self.close.clear()
        self.open.clear()
