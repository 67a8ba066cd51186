"""metrics: how busy a loop is, and how long a task that is ready waits for its turn. For tasks of one loop.

    create_task(metrics()())

    Max 1250 us Min 14 us Avg 60 us No. of passes 21012 Idle 87 % Free 120432

It takes a step in each pass while other tasks are ready, and none while the loop is idle, which goes on sleeping.
"""

import gc

from ..core.context import create_task, get_event_loop
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.power import ClockOver
from ..core.sleep import sleep_ms
from ..core.times import CLOCK_HZ
from ..primitives.alarm import Alarm
from ..primitives.calling import call, end

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
    what that raises is reported by the loop's exception handler. Several may measure a loop. ValueError for less than
    0.1 or more than 300 seconds, TypeError for what is no number, or can't be called.
    """
    number = isinstance(seconds, (int, float))
    if not number or not 0.1 <= seconds <= MOST:
        error = ValueError if number else TypeError
        raise error("a period is 0.1 to " + str(MOST) + " seconds, not " + repr(seconds))
    if not callable(report):
        raise TypeError("report is a function of a LoopReading, not " + repr(report))

    async def measure():
        loop = get_event_loop()
        meter = _meter_of(loop)
        period = _Period(loop, meter, seconds, report)
        meter.periods.append(period)
        try:
            period.begin()
            await Event().wait()  # for good: the period's alarm does the rest
        finally:
            period.alarm.stop()
            meter.periods.remove(period)
            if not meter.periods:
                end(meter.task)
                meter.leave(loop)

    return measure


class _Period:
    """What one of those who measure has so far."""

    def __init__(self, loop, meter, seconds, report):
        self.alarm = Alarm(loop, self._end)
        self._loop = loop
        self._meter = meter
        self._length = int(seconds * CLOCK_HZ)
        self._report = report
        self._start = 0
        self._reading = None
        self._total = 0  # us of its passes
        self.slept = 0  # us

    def begin(self):
        self._reading = LoopReading()
        self._start = self._meter.us()
        self._total = self.slept = 0
        self.alarm.set(self._loop.clock.now() + self._length)

    def note(self, took):
        """A pass that took so many us."""
        reading = self._reading
        self._total += took
        reading.passes += 1
        if took > reading.longest_us:
            reading.longest_us = took
        if took < reading.shortest_us or reading.passes == 1:
            reading.shortest_us = took

    def _end(self):
        reading = self._reading
        if reading.passes:
            reading.mean_us = self._total // reading.passes
        reading.idle = self.slept / max(1, self._meter.since(self._start))
        if hasattr(gc, "mem_free"):
            reading.free = gc.mem_free()
        self.begin()
        call(self._report, (reading,))


def _meter_of(loop):
    """The one that measures `loop` already, or a new one."""
    clock = loop.clock
    while clock is not None:
        if isinstance(clock, _Meter):
            return clock
        clock = getattr(clock, "inner", None)
    loop.clock = meter = _Meter(loop.clock)
    meter.task = create_task(meter.step(loop))
    return meter


class _Meter(ClockOver):
    """Shows the time of `inner`, and how long its loop slept; its task takes the steps. For all who measure the loop:
    of two tasks that step while others are ready neither would let it sleep again."""

    def __init__(self, inner):
        ClockOver.__init__(self, inner)
        self.periods = []
        self.task = None
        self._woken = Event()  # set when the loop has slept

    async def step(self, loop):
        while True:
            if not loop.has_ready():  # there is nobody but this task: let the loop sleep
                await self._woken.wait()
                self._woken.clear()
                continue
            start = self.us()
            await sleep_ms(0)
            took = self.since(start)
            for period in self.periods:
                period.note(took)

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
        slept = self.since(start)
        for period in self.periods:
            period.slept += slept
        self._woken.set()

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
