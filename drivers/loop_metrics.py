"""metrics: how busy a loop is, and how long a task that is ready waits for its turn. For tasks of one loop.

    create_task(metrics()())

    Max 1250 us Min 14 us Avg 60 us No. of passes 21012 Idle 87 % Free 120432

It takes a step in each pass while other tasks are ready, and none while the loop is idle, which goes on sleeping.
"""

import gc

from ..core.context import get_event_loop
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.power import ClockOver
from ..core.sleep import sleep_ms
from ..core.times import CLOCK_HZ
from ..primitives.alarm import Alarm
from ..primitives.calling import call

if MICROPYTHON:
    from time import ticks_diff, ticks_us

MOST = 300  # seconds of a period: ticks_us wraps after 17 minutes on 32 bits


class LoopReading:
    """What was measured in a period.

    `passes`; `longest_us`, `shortest_us` and `mean_us` that one took, 0 if there was none: a task that is ready waits
    about so long; `idle`, the part of the time that the loop slept, 0 to 1; `free`, bytes of the heap, None if there
    is no telling.
    """

    def __init__(self):
        self.passes = 0
        self.longest_us = 0
        self.shortest_us = 0
        self.mean_us = 0
        self.idle = 0
        self.free = None

    def __str__(self):
        text = "Max " + str(self.longest_us) + " us Min " + str(self.shortest_us) + " us Avg " + str(self.mean_us)
        text += " us No. of passes " + str(self.passes) + " Idle " + str(int(self.idle * 100)) + " %"
        return text if self.free is None else text + " Free " + str(self.free)


def metrics(seconds=10, report=print):
    """A coroutine function that measures the loop it runs in, until it is cancelled: `create_task(metrics()())`.

    Each `seconds` it calls `report(reading)`, with a LoopReading, or runs it in a task if it is a coroutine function;
    what that raises is reported by the loop's exception handler. ValueError for less than 0.1 or more than 300 seconds,
    TypeError for what can't be called.
    """
    if not 0.1 <= seconds <= MOST:
        raise ValueError("a period is 0.1 to " + str(MOST) + " seconds, not " + str(seconds))
    if not callable(report):
        raise TypeError("report is a function of a LoopReading, not " + repr(report))

    async def measure():
        loop = get_event_loop()
        clock = _IdleClock(loop.clock)
        loop.clock = clock
        alarm = Alarm(loop, clock.end_period)
        try:
            while True:
                alarm.set(loop.clock.now() + int(seconds * CLOCK_HZ))
                reading = await _period(loop, clock)
                call(report, (reading,))
        finally:
            alarm.stop()
            clock.leave(loop)

    return measure


async def _period(loop, clock):
    reading = LoopReading()
    total = 0
    begin = clock.us()
    clock.begin_period()
    while not clock.over:
        if not loop.has_ready():  # there is nobody but this task: let the loop sleep
            await clock.woken.wait()
            clock.woken.clear()
            continue
        start = clock.us()
        await sleep_ms(0)
        took = clock.since(start)
        total += took
        reading.passes += 1
        if took > reading.longest_us:
            reading.longest_us = took
        if took < reading.shortest_us or reading.passes == 1:
            reading.shortest_us = took
    if reading.passes:
        reading.mean_us = total // reading.passes
    reading.idle = clock.idle / max(1, clock.since(begin))
    if hasattr(gc, "mem_free"):
        reading.free = gc.mem_free()
    return reading


class _IdleClock(ClockOver):
    """Shows the time of `inner`, and how long its loop slept."""

    def __init__(self, inner):
        ClockOver.__init__(self, inner)
        self.idle = 0  # us in this period
        self.over = False
        self.woken = Event()  # set when the loop has slept, and at the end of a period

    def begin_period(self):
        self.idle = 0
        self.over = False
        self.woken.clear()

    def end_period(self):
        self.over = True
        self.woken.set()

    def us(self):
        return ticks_us() if MICROPYTHON else self.inner.now()

    def since(self, start):
        return ticks_diff(ticks_us(), start) if MICROPYTHON else self.inner.now() - start

    def __getattr__(self, name):  # what else a clock has, such as a simulated board's
        return getattr(self.inner, name)

    def sleep(self, loop, timeout):
        start = self.us()
        if self.inner.jumps:
            self.inner.sleep(loop, timeout)
        else:
            loop.sleep_for(timeout)
        self.idle += self.since(start)
        self.woken.set()

    def leave(self, loop):
        """Give `loop` its clock back, though another was put over this one meanwhile."""
        if loop.clock is self:
            loop.clock = self.inner
            return
        outer = loop.clock
        while outer is not None:
            inner = getattr(outer, "inner", None)
            if inner is self:
                outer.inner = self.inner
            outer = inner
