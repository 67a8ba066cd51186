"""watch: be told when a pin changes, by its interrupts or by looking at it. For the devices of this folder.

Programs that wait for a pin use AsyncPin.
"""

from ..core.cell import Cell
from ..core.native import MICROPYTHON, fence
from ..core.times import ms_units
from .alarm import Alarm
from .durations import check_ms
from .pin_irq import interrupts, listen, silence

if MICROPYTHON:
    from time import ticks_diff, ticks_ms

POLL_MS = 10  # how often to look at what can't interrupt, unless it is said


def watch(owner, pin, poll_ms=0):
    """Have `owner.moved(when)` called on `owner.loop` when `pin` changes, until `stop()` of what is returned.

    If `pin` can interrupt and `poll_ms` is 0, its interrupts tell; else it is looked at each `poll_ms`. `when` is in
    units of the loop's clock. `level()` of what is returned: 0 or 1, at this moment. ValueError for a negative
    `poll_ms`.
    """
    check_ms("poll_ms, how often to look, or 0 for interrupts,", poll_ms, 0)
    if poll_ms or not interrupts(pin):
        return Polling(owner, pin, poll_ms or POLL_MS)
    return Edges(owner, pin)


class Edges(Cell):
    """The interrupts of a pin, on their way to a loop.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `happened(pin)` | any context, hard ISR included | never | nothing |
    | making it, `level()`, `stop()` | the loop's thread; on RP2 interrupts are core 0's | never | |

    Of several edges that the loop did not come to yet the last counts.
    """

    def __init__(self, owner, pin):
        self.rung = False
        self.at = 0  # of the last edge; written by the interrupt
        self.owner = owner
        self.pin = pin
        listen(pin, self.happened, pin.IRQ_FALLING | pin.IRQ_RISING)
        owner.loop.bell.arm(self)

    def happened(self, pin):
        if MICROPYTHON:
            self.at = ticks_ms()
            fence()
        else:
            self.at = self.owner.loop.clock.now()
        self.owner.loop.bell.ring(self)

    def answer(self):
        if self.pin is None:  # rung just before the end
            return
        owner = self.owner
        owner.loop.bell.arm(self)  # before the look at `at`: an edge from here on rings again
        now = owner.loop.clock.now()
        owner.moved(now - ticks_diff(ticks_ms(), self.at) if MICROPYTHON else self.at)

    def level(self):
        return 1 if self.pin() else 0

    def stop(self):
        """Listen no more."""
        pin = self.pin
        if pin is not None:
            self.pin = None
            self.owner.loop.bell.disarm(self)
            silence(pin)


class Polling(Alarm):
    """Looks at a pin each `ms`, on its owner's loop. Looks that the loop is late for are left out."""

    def __init__(self, owner, pin, ms):
        Alarm.__init__(self, owner.loop)
        self.owner = owner
        self.pin = pin
        self._period = ms_units(ms)
        self._level = self.level()  # at the last look
        self.set(self.loop.clock.now() + self._period)

    def level(self):
        return 1 if self.pin() else 0

    def call(self):
        now = self.loop.clock.now()
        self.again(self._period)  # first of all: the pin may raise
        level = self.level()
        if level != self._level:
            self._level = level
            self.owner.moved(now)
