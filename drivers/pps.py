"""Pulses: the pulse per second of a satellite receiver. GPS_Timer's.

Its rising edge is the beginning of a second of UTC. The interrupt counts seconds and notes when the last began; which
second of the day that was, a sentence tells some hundred ms later. With both the time is known to the microsecond.
"""

from ..core import ThreadSafeFlag
from ..core.context import create_task, get_event_loop
from ..core.deadline import wait_for_ms
from ..core.errors import TimeoutError
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..primitives.calling import call, end
from ..primitives.pin_irq import check_pin, interrupts, listen, silence
from ..threadsafe.snapshot import Snapshot
from .home import check_home

if MICROPYTHON:
    from time import ticks_diff, ticks_us
else:

    def ticks_diff(new, old):
        return new - old


SECOND = 1_000_000  # us
DAY = 86400  # s
MOST = 0x3FFFFFFF  # of the counts: they stay small integers
EARLY = 20_000  # us that a pulse may be early, or late: an interrupt that has to wait for a collection of garbage is
LOST_MS = 2500  # without a pulse: one may be missed, not two


class Pulses:
    """The pulses at `pin`, counted in seconds; `told()`, if it is not None, is called by a task after each.

    TypeError for a pin that can't interrupt.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | the interrupt | hard ISR; on RP2 those are core 0's | never | nothing |
    | `settle`, `now`, `stop` | tasks of the loop in which it was made | never | nothing |
    | `await next()` | these, any number | the task | to wait |

    The interrupt publishes to a Snapshot and sets a ThreadSafeFlag. A pulse that is missed is counted when the next
    comes. An edge that is not whole seconds after the last pulse is noise, and counted in `noise`; if the first was
    that, it begins anew after LOST_MS. A loop that is late may find two pulses at once: `told` is called once for both.
    """

    def __init__(self, pin, told):
        check_pin(pin)
        if not interrupts(pin):
            raise TypeError("a pulse per second needs a pin that interrupts, a machine.Pin, not " + repr(pin))
        self._pin = pin
        self._told = told
        self._loop = get_event_loop()
        self._clock = self._loop.clock
        self._latest = Snapshot(2)  # seconds counted, and when the last one began
        self._look = [0, 0]
        self._base = 0  # what to add to the count for the second of the day
        self.settled = False  # whether `_base` is known, and pulses come
        self.lost = 0  # how often they ceased to come
        # The interrupt's.
        self.acquired = 0  # when the last second began, as `ticks_us` has it
        self.noise = 0
        self._seconds = 0
        self._first = True
        self._flag = ThreadSafeFlag()
        self._came = Event()
        listen(pin, self._edge, pin.IRQ_RISING)
        self._task = create_task(self._run())

    def _ticks(self):
        return ticks_us() if MICROPYTHON else self._clock.now()

    def _edge(self, _):
        at = self._ticks()
        if self._first:
            self._first = False
        else:
            passed = ticks_diff(at, self.acquired) + EARLY
            if passed < SECOND or passed % SECOND > 2 * EARLY:
                self.noise = (self.noise + 1) & MOST
                return
            self._seconds = (self._seconds + passed // SECOND) & MOST
        self.acquired = at
        self._latest.publish(self._seconds, at)
        self._flag.set()

    async def _run(self):
        while self._task is not None:
            try:
                await wait_for_ms(self._flag.wait(), LOST_MS)
            except TimeoutError:
                # From here on ticks may wrap before the next pulse: count anew. An interrupt just now changes nothing.
                self._first = True
                if self.settled:
                    self.settled = False
                    self.lost += 1
                continue
            self._came.set()
            self._came.clear()
            if self._told is not None:
                call(self._told, ())

    def settle(self, second, ms):
        """A sentence that has just come says that this was the time, a second of the day.

        It belongs to the last pulse if that was less than a second ago: receivers send it in the same second. Times in
        the second half of one are left out, as they may have been overtaken by the next pulse.
        """
        if not self._latest.version or self._first or ms >= 500:
            return
        self._latest.read_into(self._look)
        since = ticks_diff(self._ticks(), self._look[1])
        if ms * 1000 <= since < SECOND:
            self._base = second - self._look[0]
            self.settled = True

    def now(self):
        """Store the second of the day and the microseconds beyond it in `look`, and return that. RuntimeError.

        Of a list that is used again.
        """
        look = self._look
        if not self.settled:
            raise RuntimeError("the time is not known: `await ready()` first, and look for the pulses if that waits")
        self._latest.read_into(look)
        us = ticks_diff(self._ticks(), look[1])
        look[0] = (look[0] + self._base + us // SECOND) % DAY
        look[1] = us % SECOND
        return look

    async def next(self):
        """Wait for the next pulse. RuntimeError if it was stopped."""
        if self._task is not None:
            check_home(self._loop, "this pulse per second")
            await self._came.wait()
        if self._task is None:
            raise RuntimeError("these pulses were stopped: the receiver was closed by close()")

    def stop(self):
        """Listen no more. Again: nothing happens."""
        task = self._task
        if task is None:
            return
        end(task)  # first of all: it refuses another context
        self._task = None
        silence(self._pin)
        self.settled = False
        self._came.set()
