"""watch: be told when a pin changes, by its interrupts or by looking at it. For the devices of this folder.

Programs that wait for a pin use AsyncPin.
"""

from ..core.native import MICROPYTHON
from ..core.times import ms_units
from ..threadsafe.bottom_half import BottomHalf
from .alarm import Alarm
from .durations import check_ms
from .pin_irq import interrupts, listen, silence

if MICROPYTHON:
    from time import ticks_diff, ticks_ms

POLL_MS = 10  # how often to look at what can't interrupt, unless it is said


def watch(owner, poll_ms=0):
    """Have `owner.moved(when)` called on `owner.loop` when `owner.pin` changes, until `stop()` of what is returned.

    If the pin can interrupt and `poll_ms` is 0, its interrupts tell; else it is looked at each `poll_ms`. `when` is in
    units of the loop's clock. ValueError for a negative `poll_ms`.
    """
    check_ms("poll_ms, how often to look, or 0 for interrupts,", poll_ms, 0)
    if poll_ms or not interrupts(owner.pin):
        return Polling(owner, poll_ms or POLL_MS)
    return Edges(owner)


class Edges(BottomHalf):
    """The interrupts of a pin, on their way to a loop.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `happened(pin)` | any context, hard ISR included | never | nothing |
    | making it, `stop()`, once | the loop's thread; on RP2 interrupts are core 0's | never | |

    Of several edges that the loop did not come to yet the last counts.
    """

    def __init__(self, owner):
        BottomHalf.__init__(self, None, owner.loop)
        self.at = 0  # of the last edge; written by the interrupt
        self.owner = owner
        pin = owner.pin
        try:
            listen(pin, self.happened, pin.IRQ_FALLING | pin.IRQ_RISING)
        except BaseException:
            BottomHalf.stop(self)
            raise

    def happened(self, pin):
        self.at = ticks_ms() if MICROPYTHON else self.loop.clock.now()
        self.ring()

    def run(self):
        now = self.loop.clock.now()
        self.owner.moved(now - ticks_diff(ticks_ms(), self.at) if MICROPYTHON else self.at)

    def stop(self):
        """Listen no more."""
        BottomHalf.stop(self)
        silence(self.owner.pin)


class Polling(Alarm):
    """Looks at a pin each `ms`, on its owner's loop. Looks that the loop is late for are left out."""

    def __init__(self, owner, ms):
        Alarm.__init__(self, owner.loop)
        self.owner = owner
        self._period = ms_units(ms)
        self._level = not owner.pin()  # at the last look: not
        self.set(self.loop.clock.now() + self._period)

    def call(self):
        now = self.loop.clock.now()
        self.again(self._period)  # first of all: the pin may raise
        level = not self.owner.pin()
        if level != self._level:
            self._level = level
            self.owner.moved(now)
