"""Watchdog: feeds the hardware's watchdog only while the loop turns and every other context shows that it is alive.

    dog = drivers.Watchdog(2000)                # ms, as for machine.WDT
    alive = dog.expect("sampler", 500)

    def sample():                               # on the second core
        while not offload.cancelled():
            alive()                             # at least every 500 ms
            ...

    dog.watch(worker, 1000)                     # no call of this Worker takes longer
    dog.start()                                 # from here on a hang ends in a reset

A loop that hangs feeds nothing. On CPython without `machine` the process ends, after a traceback of every thread.
"""

import sys

from ..core.context import get_event_loop
from ..core.lazy import above
from ..core.native import MICROPYTHON
from ..core.sleep import sleep_ms
from ..core.times import UNITS_PER_MS
from ..primitives.calling import call

LAST = 0x3FFFFFFF  # of the counts, which stay small integers


class Sign:
    """What a context shows that it is alive with: a store in a cell that exists, so any context may, a hard ISR too.

    Call it, or give it as a callback. `rest()`: no sign is expected before the next, as while it waits for work.
    """

    def __init__(self, name):
        self.name = name
        self.resting = False
        self._count = 0

    def __call__(self, _=None):
        self.resting = False
        self._count = (self._count + 1) & LAST  # two at once may count as one: a change is all that is looked for

    def rest(self):
        self.resting = True

    def progress(self):
        """What changes with each sign; None: none is expected."""
        return None if self.resting else self._count


class _Calls:
    """The sign of life of a Worker: that its calls end."""

    def __init__(self, worker):
        self.name = worker.name
        self._worker = worker

    def progress(self):
        counts = self._worker.statistics()
        if counts["running"] + counts["queued"] == 0:
            return None
        return counts["done"] + counts["failed"]


class _Expected:
    """One of those watched."""

    def __init__(self, source, limit, now):
        self.source = source
        self.limit = limit
        self.last = None
        self.since = now

    def late(self, now):
        """For how long it has been late, 0 if it is not."""
        progress = self.source.progress()
        if progress is None or progress != self.last:
            self.last = progress
            self.since = now
        return max(0, now - self.since - self.limit)


class Watchdog:
    """Feeds a watchdog of `timeout_ms`, four times as often as needed, while nothing that it watches is late.

    | method | who may call |
    |---|---|
    | `expect(name, limit_ms)`, `watch(worker, limit_ms)`, `start()`, `late()` | tasks of one loop, or before it runs |
    | a Sign | any context, hard ISR included; never blocks, allocates nothing |

    `wdt`: an object with `feed()`, made for that time; by default `machine.WDT`, which `start` makes and nothing stops
    again. What is late is printed, with `on_late(names)` called once before, in the loop: nothing is fed as long as it
    lasts. What `on_late` raises is reported. From the hang to the reset it takes the limit, up to a quarter of
    `timeout_ms`, and `timeout_ms`.
    """

    def __init__(self, timeout_ms, wdt=None, on_late=None):
        _check_ms("a watchdog's time", timeout_ms)
        if not (wdt is None or callable(getattr(wdt, "feed", None))):
            raise TypeError("wdt is an object with feed(), not " + repr(wdt))
        if not (on_late is None or callable(on_late)):
            raise TypeError("on_late is a function, not " + repr(on_late))
        self.timeout_ms = timeout_ms
        self._wdt = wdt
        self._on_late = on_late
        self._watched = []
        self._task = None

    def expect(self, name, limit_ms):
        """A Sign, which is to be called every `limit_ms` milliseconds, from now on, by whom it is given to."""
        sign = Sign(name)
        self._add(sign, limit_ms)
        return sign

    def watch(self, worker, limit_ms):
        """No call of the Worker `worker` may take longer than `limit_ms`, nor wait that long for its thread."""
        if getattr(worker, "size", 0) != 1:
            raise TypeError("watch() is for a Worker; what else is to be alive shows it by a sign of expect()")
        self._add(_Calls(worker), limit_ms)

    def _add(self, source, limit_ms):
        _check_ms("the limit of " + source.name, limit_ms)
        self._watched.append(_Expected(source, limit_ms * UNITS_PER_MS, get_event_loop().clock.now()))

    def late(self):
        """The names of those that are late now, a list."""
        now = get_event_loop().clock.now()
        return [expected.source.name for expected in self._watched if expected.late(now)]

    def start(self):
        """Start to watch and to feed, in a task, which is returned. RuntimeError if it was before."""
        if self._task is not None:
            raise RuntimeError("this Watchdog was started already")
        if self._wdt is None:
            self._wdt = _make(self.timeout_ms)
        self._task = get_event_loop().create_task(self._run())
        return self._task

    async def _run(self):
        now = get_event_loop().clock.now()
        for expected in self._watched:
            expected.since = now
        told = []
        while True:
            late = self.late()
            if not late:
                self._wdt.feed()
            elif late != told:
                if self._on_late is not None:
                    call(self._on_late, (late,))
                print("watchdog: no sign of life of " + ", ".join(late) + ": nothing is fed", file=sys.stderr)
            told = late
            await sleep_ms(max(1, self.timeout_ms // 4))


def _check_ms(what, ms):
    if not isinstance(ms, int) or ms < 1:
        raise ValueError(what + " is a number of milliseconds, 1 or more, not " + repr(ms))


def _make(timeout_ms):
    """The machine's own watchdog, started."""
    try:
        from machine import WDT
    except ImportError:
        if MICROPYTHON:
            raise RuntimeError("this port has no machine.WDT: give wdt=, an object with feed()") from None
        WDT = above("drivers.watchdog_cpython", "WDT")
    return WDT(timeout=timeout_ms)
