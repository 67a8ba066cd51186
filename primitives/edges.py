"""watch: be told when a pin changes, by its interrupts or by looking at it. For the devices of this folder.

Programs that wait for a pin use AsyncPin.
"""

from ..core.cell import Cell
from ..core.native import MICROPYTHON, fence
from ..core.times import ms_units
from .alarm import Alarm
from .pin_irq import interrupts, listen, silence

if MICROPYTHON:
    from time import ticks_diff, ticks_ms

POLL_MS = 10  # how often to look at what can't interrupt, unless it is said


def watch(loop, pin, read, moved, poll_ms=0):
    """Have `moved(when)` called on `loop` when `pin` changes, until `stop()` of what is returned.

    If `pin` can interrupt and `poll_ms` is 0, its interrupts tell; else `read()` is compared each `poll_ms`.
    `when` is in units of the loop's clock. ValueError for a negative `poll_ms`.
    """
    if poll_ms < 0:
        raise ValueError("poll_ms is 0, for interrupts, or a number of ms, not " + str(poll_ms))
    if poll_ms or not interrupts(pin):
        return Polling(loop, read, moved, poll_ms or POLL_MS)
    return Edges(loop, pin, moved)


class Edges(Cell):
    """The interrupts of a pin, on their way to a loop.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `happened(pin)` | any context, hard ISR included | never | nothing |
    | making it, `stop()` | the loop's thread; on RP2 interrupts are core 0's | never | |

    Of several edges that the loop did not come to yet the last counts.
    """

    def __init__(self, loop, pin, moved):
        self.rung = False
        self.loop = loop
        self.bell = loop.bell
        self.pin = pin
        self.moved = moved
        self.at = 0  # of the last edge; written by the interrupt
        listen(pin, self.happened, pin.IRQ_FALLING | pin.IRQ_RISING)
        self.bell.arm(self)

    def happened(self, pin):
        self.at = ticks_ms() if MICROPYTHON else self.loop.clock.now()
        if MICROPYTHON:
            fence()
        self.bell.ring(self)

    def answer(self):
        if self.pin is None:  # rung just before the end
            return
        self.bell.arm(self)  # before the look at `at`: an edge from here on rings again
        now = self.loop.clock.now()
        self.moved(now - ticks_diff(ticks_ms(), self.at) if MICROPYTHON else self.at)

    def stop(self):
        """Listen no more."""
        if self.pin is not None:
            silence(self.pin)
            self.pin = None
            self.bell.disarm(self)


class Polling:
    """Looks at a value each `ms`, on its loop. Looks that the loop is late for are left out."""

    def __init__(self, loop, read, moved, ms):
        self._loop = loop
        self._read = read
        self._moved = moved
        self._period = ms_units(ms)
        self._value = read()
        self._alarm = Alarm(loop, self._look)
        self._alarm.set(loop.clock.now() + self._period)

    def _look(self):
        now = self._loop.clock.now()
        self._alarm.again(self._period)  # first of all: `read` may raise
        value = self._read()
        if value != self._value:
            self._value = value
            self._moved(now)

    def stop(self):
        """Look no more."""
        self._alarm.stop()
