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
from .reactions import Reacting


class Pushbutton(Reacting):
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

    press = None  # Events, once they are asked for
    release = None
    double = None
    long = None
    _on_press = None  # reactions
    _on_release = None
    _on_double = None
    _on_long = None
    _release_is = OPEN

    def __init__(self, pin, suppress=False, sense=None, *, poll_ms=None):
        if suppress:
            self._release_is = SHORT
        Reacting.__init__(self, pin, sense, poll_ms)
        self._presses = Presses(self, 0, False)

    def press_func(self, func=False, args=()):
        """Call `func(*args)` at a press, in a task. False: nothing. None: set the Event `press`, yours to clear."""
        self._on_press = self._reaction(func, args)
        if func is None:
            self.press = self._on_press

    def release_func(self, func=False, args=()):
        """Likewise at a release; None: set the Event `release`."""
        self._on_release = self._reaction(func, args)
        if func is None:
            self.release = self._on_release

    def double_func(self, func=False, args=()):
        """Likewise at a double click; None: set the Event `double`."""
        self._on_double = self._reaction(func, args)
        if func is None:
            self.double = self._on_double
        self._want()

    def long_func(self, func=False, args=()):
        """Likewise at a long press; None: set the Event `long`."""
        self._on_long = self._reaction(func, args)
        if func is None:
            self.long = self._on_long
        self._want()

    def __call__(self):
        """Whether it is pressed, debounced."""
        return self._is_closed()

    def _want(self):
        self._presses.want((0 if self._on_long is None else LONG) | (0 if self._on_double is None else DOUBLE))

    def contact_changed(self, closed, when):
        self._presses.changed(closed, when)

    def happened(self, key, what):
        """Of its Presses."""
        if what == CLOSE:
            self._react(self._on_press)
        elif what == self._release_is:
            self._react(self._on_release)
        elif what == DOUBLE:
            self._react(self._on_double)
        elif what == LONG:
            self._react(self._on_long)

    def ended(self):
        self._presses.stop()


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
        self._presses = Presses(self, LONG | DOUBLE, bool(suppress))

    def __call__(self):
        """Whether it is pressed, debounced."""
        return self._is_closed()

    def contact_changed(self, closed, when):
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
