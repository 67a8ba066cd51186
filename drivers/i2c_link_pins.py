"""Handshake: two wires by which both ends of a link tell each other how far they are. For the I2C link.

Each end drives one wire and listens to the other's. A level stays until the other end has answered it, so it can be
looked at late; but one: an end that has let its wire down may lift it again for what comes next before the other end
looks. That the wire was down is known from the interrupt then, as in

    A: own(0)                        (no look)          sees 1, and that it fell meanwhile
    B:          sees 0, own(0), own(1)
"""

from ..core import ThreadSafeFlag
from ..primitives.pin_irq import check_pin, interrupts, listen, silence

MOST = 0x3FFFFFFF  # of a count: it stays a small integer


class Handshake:
    """`own` is this end's pin, `rem` the other end's. TypeError for what is no Pin that interrupts.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `_rose`, `_fell` | the interrupt of `rem`, hard; on RP2 those are core 0's | never | nothing |
    | `put`, `close` | tasks of one loop | never | nothing |
    | `await rise()`, `low()`, `follow()` | one task at a time | the task | to wait |
    | `flag.set()` | any context | never | nothing |

    Rises and falls have handlers of their own, of which one is listening: so a rise whose interrupt comes late, as a
    soft one may, is not taken for a fall.
    """

    def __init__(self, own, rem):
        for pin in (check_pin(own), check_pin(rem)):
            if not interrupts(pin) or not hasattr(pin, "init"):
                raise TypeError("the pins of this link are two of machine.Pin, which interrupt; not " + repr(pin))
        own.init(own.OUT, value=1)
        rem.init(rem.IN, rem.PULL_UP)
        self.flag = ThreadSafeFlag()  # `rem` has changed; or, set by others, there is something to do
        self._own = own
        self._rem = rem
        self._falls = 0  # written by the interrupt
        self._on_rise = self._rose  # made once: a hard interrupt can't
        self._on_fall = self._fell

    def _rose(self, _):
        self.flag.set()

    def _fell(self, _):
        self._falls = (self._falls + 1) & MOST
        self.flag.set()

    def put(self, level):
        """Set this end's wire."""
        self._own(level)

    async def rise(self):
        """Until the other end's wire is up."""
        rem = self._rem
        if not rem():
            listen(rem, self._on_rise, rem.IRQ_RISING)
            while not rem():
                await self.flag.wait()

    async def low(self):
        """Until the other end's wire is down, where it stays."""
        rem = self._rem
        if rem():
            listen(rem, self._on_fall, rem.IRQ_FALLING)
            while rem():
                await self.flag.wait()

    async def follow(self):
        """Let this end's wire down, and wait until the other end has done so too, for however short a time."""
        rem = self._rem
        listen(rem, self._on_fall, rem.IRQ_FALLING)
        falls = self._falls
        self._own(0)
        while rem() and self._falls == falls:
            await self.flag.wait()

    def close(self):
        """Listen no more, and lift this end's wire, which tells the other end. Again: nothing happens."""
        silence(self._rem)
        self._own(1)
