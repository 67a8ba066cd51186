"""KeyMatrix: keys at the crossings of rows and columns, scanned and debounced; base of Keyboard and SwArray."""

from ..core.context import check_context, get_event_loop
from ..core.queue_errors import QueueFull
from ..core.times import ms_units
from .alarm import Alarm
from .debounce import Debouncer
from .queue import QueueShutDown
from .ringbuf_queue import RingbufQueue


class KeyMatrix(RingbufQueue):
    """The keys of a matrix, and a queue of what happens to them, which tells in its turn what was not fetched in time.

    A scan pulls one row after the other to 0 and looks which columns follow. That is every `scan_ms` (10), whether or
    not a key is pressed. Each key is debounced by itself: it has changed when `debounce_ms` (50) of scans saw no move.
    The scan code of a key counts from 0, the key at the last row and last column, along the rows.

    `rowpins` are outputs, open drain so that two keys of a column make no short circuit; `colpins` inputs with a
    pull-up; or functions that do the same. `buf`: as RingbufQueue's; if the queue is full the oldest makes way, and
    `lost` counts them. ValueError without pins, or one that is there twice; TypeError for what can't be called.
    """

    debounce_ms = 50
    scan_ms = 10
    lost = 0  # what made way
    _ended = False
    _debouncers = ()  # as many as there were keys in motion at a time

    def __init__(self, rowpins, colpins, buf):
        self._rows = _pins("rowpins", rowpins)
        self._columns = _pins("colpins", colpins)
        for pin in self._rows:
            if pin in self._columns:
                raise ValueError(repr(pin) + " is both a row and a column")
        RingbufQueue.__init__(self, buf)
        self.loop = get_event_loop()
        for row in self._rows:
            row(1)
        self._seen = self._closed = 0  # bit n: key n, as the last scan saw it; as it had settled
        self._alarm = _Scan(self)
        self._alarm.set(self.loop.clock.now())

    def __getitem__(self, scan_code):
        """Whether that key is pressed, debounced. IndexError if there is none."""
        keys = len(self._rows) * len(self._columns)
        if not 0 <= scan_code < keys:
            raise IndexError("there are the keys 0 to " + str(keys - 1) + ", not " + str(scan_code))
        return bool(self.keymap() >> scan_code & 1)

    def keymap(self):
        """Which keys are pressed, debounced: bit n for key n."""
        if self._ended:
            raise RuntimeError("this " + type(self).__name__ + " was ended by deinit()")
        return self._closed

    def deinit(self):
        """End it: no timer is left, and no row is at 0. What is in the queue can be got; then it is shut down.

        Again: nothing happens.
        """
        check_context(self.loop, "deinit()")
        if self._ended:
            return
        self._ended = True
        self._alarm.stop()
        for debouncer in self._debouncers:
            debouncer.rest()
        for row in self._rows:
            row(1)
        self.shutdown()

    async def __anext__(self):
        try:
            return await self.get()
        except QueueShutDown:
            raise StopAsyncIteration from None

    def key_changed(self, key, closed, when):
        """For a subclass: what to do when a key has changed at `when`, in units of the clock."""
        raise NotImplementedError

    def report(self, item):
        """Put `item` into the queue, in place of the oldest if need be."""
        try:
            self.put_nowait(item)
        except QueueFull:
            self.lost += 1

    def scan(self):
        """Of its alarm."""
        now = self.loop.clock.now()
        self._alarm.again(ms_units(self.scan_ms))  # first of all: a pin may raise
        seen = 0
        for row in self._rows:
            row(0)
            try:
                for column in self._columns:
                    seen = seen << 1 | (0 if column() else 1)
            finally:
                row(1)  # or its keys would be taken for those of other rows
        moved = seen ^ self._seen
        self._seen = seen
        key = 0
        while moved:
            if moved & 1:
                self._debouncer(key).moved(now)
            moved >>= 1
            key += 1

    def _debouncer(self, key):
        """The one that has this key in hand, or else one that has nothing to do."""
        idle = None
        for debouncer in self._debouncers:
            if not debouncer.settling():
                idle = debouncer
            elif debouncer.key == key:
                return debouncer
        if idle is None:
            idle = _Key(self)
            if not self._debouncers:
                self._debouncers = []
            self._debouncers.append(idle)
        idle.key = key
        idle.closed = bool(self._closed >> key & 1)
        return idle

    def seen(self, key):
        """Whether the last scan saw that key closed."""
        return bool(self._seen >> key & 1)

    def settled(self, key, closed, when):
        """Of a key's debouncer."""
        self._closed ^= 1 << key
        self.key_changed(key, closed, when)


class _Scan(Alarm):
    """When to scan a matrix."""

    def __init__(self, matrix):
        Alarm.__init__(self, matrix.loop)
        self._matrix = matrix

    def call(self):
        self._matrix.scan()


class _Key(Debouncer):
    """A key in motion."""

    def __init__(self, matrix):
        Debouncer.__init__(self, matrix.loop)
        self.key = 0
        self._matrix = matrix

    @property
    def debounce_ms(self):
        return self._matrix.debounce_ms

    def read_contact(self):
        return self._matrix.seen(self.key)

    def contact_changed(self, closed, when):
        self._matrix.settled(self.key, closed, when)


def _pins(what, pins):
    try:
        pins = list(pins)
    except TypeError:
        raise TypeError(what + " is a list of machine.Pin objects or functions, not " + repr(pins)) from None
    if not pins:
        raise ValueError(what + " has no pins: a matrix has one row and one column at least")
    for pin in pins:
        if not callable(pin):
            raise TypeError(what + " are machine.Pin objects or functions, not " + repr(pin))
        if pins.count(pin) > 1:
            raise ValueError(what + " has " + repr(pin) + " twice")
    return pins
