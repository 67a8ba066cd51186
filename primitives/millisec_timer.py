"""MillisecTimer: a time that is set now and awaited later, again and again. For tasks of one loop.

    timer = MillisecTimer()
    timer(30)
    work()
    await timer  # what is left of the 30 ms
"""

from ..core.context import check_context, get_event_loop
from ..core.task import PENDING
from ..core.timers import Timer
from ..core.times import UNITS_PER_MS
from ..core.waitlist import WaitList
from .durations import check_ms


class MillisecTimer(WaitList):
    """`timer(ms)` sets it, `await timer` waits until that time is over; `await timer(ms)` does both.

    Any number of tasks may await it, and all go on at once; when it is set anew meanwhile, sooner or later, that is
    what they wait for. Awaited when its time is over it does not yield. RuntimeError if it is awaited before it was
    set, and after `deinit`.
    """

    def __init__(self):
        WaitList.__init__(self)
        self._due = _Due(self)
        self._loop = None  # in which it was set last; None before that
        self._running = False
        self._ended = False

    def __call__(self, ms):
        """Set it: its time is over `ms` milliseconds from now. Returns itself, to be awaited.

        ValueError for what is no time.
        """
        self._check()
        check_ms("the time of a MillisecTimer", ms, 0)
        loop = get_event_loop()
        if self._running:
            check_context(self._loop, "setting a MillisecTimer")
        self._disarm()
        self._loop = loop
        self._running = True
        loop.timers.push(self._due, loop.clock.now() + int(ms * UNITS_PER_MS))
        return self

    def running(self):
        """Whether it is set, and its time not over yet."""
        return self._running

    def wait(self):
        """Awaitable: as itself, so that it can be a member of a WaitAny."""
        return self

    def deinit(self):
        """End it. Who waits for it gets a RuntimeError. Again: nothing happens."""
        check_context(self._loop, "MillisecTimer.deinit()")
        self._disarm()
        self._ended = True
        self.wake_all()

    def attempt(self):
        self._check()
        if self._loop is None:
            raise RuntimeError("this MillisecTimer was not set: call it with a time, as in timer(30)")
        if self._running:
            check_context(self._loop, "MillisecTimer.wait()")
            return PENDING
        return None

    def over(self):
        """Of `_Due`: on the loop."""
        self._running = False
        self.wake_all()

    def _disarm(self):
        self._running = False
        if self._due.slot >= 0:
            self._loop.timers.remove(self._due)

    def _check(self):
        if self._ended:
            raise RuntimeError("this MillisecTimer was ended by deinit()")


class _Due(Timer):
    """When the time is over."""

    def __init__(self, owner):
        Timer.__init__(self)
        self._owner = owner

    def expire(self):
        self._owner.over()
