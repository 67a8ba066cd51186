"""SwArray: switches or buttons in a matrix: closed, opened, pressed long or twice.

    array = SwArray(rowpins, colpins, LONG | DOUBLE | CLOSE | SUPPRESS)
    async for scan_code, event in array:
        ...

Keys that are only pressed are a Keyboard.
"""

from .matrix import KeyMatrix
from .presses import CLOSE, DOUBLE, LONG, OPEN, Presses

SUPPRESS = 16
_EVENTS = CLOSE | OPEN | LONG | DOUBLE


class SwArray(KeyMatrix):
    """A queue of (scan code, event). `array[scan_code]`: whether that one is closed now.

    `cfg` says which events are told: CLOSE, OPEN, LONG (held for `long_press_ms`, 1000), DOUBLE (closed again within
    `double_click_ms`, 400, of the first time), joined by `|`. Each is told once for each time that it happens, in the
    order in which they happen, whatever other keys do. With SUPPRESS a press is one thing only, as of
    `EButton(suppress=True)`: CLOSE and OPEN for a short press, or LONG and OPEN, or DOUBLE and OPEN.

    Rollover: any number of keys if each has a diode, and switches, which may stay closed, need them. Without diodes two
    keys, in any order; three at the corners of a rectangle join its lines, and the fourth seems closed, too.

    `bufsize`: how many events to keep, or a list to keep them in. `async for`, `get` and the like are RingbufQueue's;
    `async for` ends after `deinit`. The times are attributes of the class, which an instance may have its own of. All
    of it is for tasks of one loop. See KeyMatrix for scans, pins and errors; ValueError for a `cfg` that tells nothing.
    """

    long_press_ms = 1000
    double_click_ms = 400
    _presses = ()  # as many as there were keys busy at a time

    def __init__(self, rowpins, colpins, cfg, *, bufsize=10):
        if not isinstance(cfg, int) or not cfg & _EVENTS or cfg & ~(_EVENTS | SUPPRESS):
            raise ValueError("cfg is made of CLOSE, OPEN, LONG, DOUBLE, and SUPPRESS beside those, not " + repr(cfg))
        self._cfg = cfg
        KeyMatrix.__init__(self, rowpins, colpins, bufsize)

    def key_changed(self, key, closed, when):
        self._presses_of(key).changed(closed, when)

    def _presses_of(self, key):
        idle = None
        for presses in self._presses:
            if not presses.busy():
                idle = presses
            elif presses.key == key:
                return presses
        if idle is None:
            idle = Presses(self, self._cfg & (LONG | DOUBLE), bool(self._cfg & SUPPRESS))
            if not self._presses:
                self._presses = []
            self._presses.append(idle)
        idle.key = key
        return idle

    def happened(self, key, what):
        """Of its Presses."""
        if what & self._cfg & _EVENTS:
            self.report((key, what))

    def deinit(self):
        KeyMatrix.deinit(self)
        for presses in self._presses:
            presses.stop()
