"""Keyboard: which keys of a matrix are pressed, one after the other.

    keyboard = Keyboard(
        [Pin(n, Pin.OPEN_DRAIN) for n in range(10, 14)], [Pin(n, Pin.IN, Pin.PULL_UP) for n in range(16, 20)]
    )
    async for scan_code in keyboard:
        print("DCBA#9630852*741"[scan_code])

Releases, long and double presses: SwArray.
"""

from .matrix import KeyMatrix


class Keyboard(KeyMatrix):
    """A queue of the scan codes of keys as they are pressed. `keyboard[scan_code]`: whether that key is pressed now.

    Rollover: two keys, pressed and released in any order; any number if each has a diode. Without diodes three at the
    corners of a rectangle join its lines, and the fourth corner seems pressed, too.

    `bufsize`, or upstream's `buffer`: how many scan codes to keep, or the list, array or bytearray to keep them in;
    `db_delay`: `debounce_ms` of this keyboard. `async for`, `get` and the like are RingbufQueue's; `async for` ends
    after `deinit`. All of it is for tasks of one loop. See KeyMatrix for scans, pins and errors; ValueError for a
    `db_delay` below 0.
    """

    def __init__(self, rowpins, colpins, *, bufsize=10, db_delay=None, buffer=None):
        if db_delay is not None:
            if not isinstance(db_delay, int) or db_delay < 0:
                raise ValueError("db_delay is 0 ms or more, a whole number, not " + repr(db_delay))
            self.debounce_ms = db_delay
        KeyMatrix.__init__(self, rowpins, colpins, bufsize if buffer is None else buffer)

    def key_changed(self, key, closed, when):
        if closed:
            self.report(key)
