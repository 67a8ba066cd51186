"""Pushbutton and EButton: a debounced button that tells short, long and double presses; by functions, or by Events.

    button = Pushbutton(Pin(2, Pin.IN, Pin.PULL_UP))
    button.press_func(led.toggle)
    button.long_func(reset, (motor,))

    button = EButton(Pin(2, Pin.IN, Pin.PULL_UP), suppress=True)
    which = await WaitAny((button.press, button.long, button.double)).wait()

Many buttons in a matrix are a SwArray or a Keyboard.
"""

from ..core.event import Event
from .contact import Contact
from .presses import CLOSE, DOUBLE, LONG, OPEN, SHORT, Presses
from .reactions import Reactions


class Pushbutton(Contact):
    """A button between `pin` and ground or the supply. Calls functions, or coroutine functions.

    | is called | when |
    |---|---|
    | `press_func` | at each press |
    | `release_func` | at each release; with `suppress` see below |
    | `long_func` | it is held for `long_press_ms` (1000) |
    | `double_func` | at a second press within `double_click_ms` (400) after the first; holding that one is not long |

    With `suppress` only one of `release_func`, `long_func` and `double_func` is called for a press, or two that are a
    double click: `release_func` if there was neither of the others. If there is a `double_func` that is known
    `double_click_ms` after the press at the earliest; else when the button is released.

    `sense` is the level of the pin while the button is released; None: the level that it has now.

    All of it is for tasks of one loop, or before that runs. The times and `debounce_ms` (50) are attributes of the
    class, which an instance may have its own of; they count from when the contact had come to rest for `debounce_ms`.
    `poll_ms`, `pin` and the errors are as of Switch.
    """

    long_press_ms = 1000
    double_click_ms = 400

    def __init__(self, pin, suppress=False, sense=None, *, poll_ms=None):
        self.press = None  # Events, once they are asked for
        self.release = None
        self.double = None
        self.long = None
        self._release_is = SHORT if suppress else OPEN
        Contact.__init__(self, pin, sense, poll_ms)
        self._reactions = Reactions(self._loop)
        self._presses = Presses(self._loop, self, 0, 0, False)

    def press_func(self, func=False, args=()):
        """Call `func(*args)` at a press, in a task. False: nothing. None: set the Event `press`, yours to clear."""
        event = self._react(CLOSE, func, args)
        if event is not None:
            self.press = event

    def release_func(self, func=False, args=()):
        """Likewise at a release; None: set the Event `release`."""
        event = self._react(self._release_is, func, args)
        if event is not None:
            self.release = event

    def double_func(self, func=False, args=()):
        """Likewise at a double click; None: set the Event `double`."""
        event = self._react(DOUBLE, func, args)
        if event is not None:
            self.double = event

    def long_func(self, func=False, args=()):
        """Likewise at a long press; None: set the Event `long`."""
        event = self._react(LONG, func, args)
        if event is not None:
            self.long = event

    def __call__(self):
        """Whether it is pressed, debounced."""
        return self._closed()

    def _react(self, what, func, args):
        self._check()
        event = self._reactions.set(what, func, args)
        self._presses.want(sum(kind for kind in (LONG, DOUBLE) if self._reactions.wants(kind)))
        return event

    def contact_changed(self, key, closed, when):
        self._presses.changed(closed, when)

    def happened(self, key, what):
        """Of its Presses."""
        self._reactions.happened(what)

    def ended(self):
        self._presses.stop()
        self._reactions.end()


class EButton(Contact):
    """A button that sets the Events `press`, `release`, `long` and `double`. They are yours to clear.

    | | Events |
    |---|---|
    | a short press | `press`; `release` |
    | a long press | `press`; `long` when it has been held for `long_press_ms` (1000); `release` |
    | a double click | `press`; `release`; `press` and `double` within `double_click_ms` (400); `release` |
    | with `suppress`: a short press | `press` and `release`, as soon as it can't be a double click any more |
    | a long press | `long`; `release` |
    | a double click | `double` at the second press; `release` |

    All else is as of Pushbutton.
    """

    long_press_ms = 1000
    double_click_ms = 400

    def __init__(self, pin, suppress=False, sense=None, *, poll_ms=None):
        self.press = Event()
        self.release = Event()
        self.double = Event()
        self.long = Event()
        Contact.__init__(self, pin, sense, poll_ms)
        self._presses = Presses(self._loop, self, 0, LONG | DOUBLE, bool(suppress))

    def __call__(self):
        """Whether it is pressed, debounced."""
        return self._closed()

    def contact_changed(self, key, closed, when):
        self._presses.changed(closed, when)

    def happened(self, key, what):
        """Of its Presses."""
        if what == CLOSE:
            self.press.set()
        elif what == OPEN:
            self.release.set()
        elif what == LONG:
            self.long.set()
        elif what == DOUBLE:
            self.double.set()

    def ended(self):
        self._presses.stop()
        for event in (self.press, self.release, self.double, self.long):
            event.clear()
