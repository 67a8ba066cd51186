"""timeout, timeout_ms, timeout_at: a limit of time for a block of code. `wait_for` is the same for one awaitable.

    async with timeout(2):
        await connect()
        await login()

No task is started: when the time is up the task is cancelled where it waits, and leaving the block makes that cancel,
and no other, a TimeoutError. For tasks of one loop.
"""

from .context import get_event_loop
from .errors import CancelledError, TimeoutError
from .scope import Scope
from .timers import Timer
from .times import CENTURY, CLOCK_HZ, ms_units, units


class _Alarm(Timer):
    def __init__(self, scope):
        Timer.__init__(self)
        self.scope = scope

    def expire(self):
        self.scope.fire()


class Timeout:
    """What `timeout` returns, for one `async with`. A block that does not end when it is cancelled runs on.

    The time runs from the call on; a time that is up already cancels at the first wait inside.
    """

    def __init__(self, loop, delay):
        self._timers = loop.timers
        self._due = None if delay is None else loop.clock.now() + delay
        self._alarm = None
        self._left = False

    def when(self):
        """The time on the clock of `loop.time()` at which it is up, in seconds; None: never."""
        alarm = self._alarm
        if alarm is not None and alarm.slot >= 0:
            return alarm.when / CLOCK_HZ  # and not _due: see Clock.rebase
        return None if self._due is None else self._due / CLOCK_HZ

    def reschedule(self, when):
        """Let it be up at `when` instead, None: never. RuntimeError before the block, after it, or when it is up."""
        if self._alarm is None or self._left or self._alarm.scope.fired:
            raise RuntimeError("a timeout can be rescheduled only in its block, and before its time is up")
        self._alarm.scope.task.queue.check_context("Timeout.reschedule()")
        self._due = _limit(when)
        self._set()

    def expired(self):
        """True once its time was up before the block ended."""
        return self._alarm is not None and self._alarm.scope.fired

    def _set(self):
        alarm = self._alarm
        if alarm.slot >= 0:
            self._timers.remove(alarm)
        if self._due is not None:
            self._timers.push(alarm, self._due)

    async def __aenter__(self):
        if self._alarm is not None:
            raise RuntimeError("a timeout is for one use: call timeout() again")
        scope = Scope()
        scope.enter()
        self._alarm = _Alarm(scope)
        self._set()
        return self

    async def __aexit__(self, exc_type, exc, tb):
        self._left = True
        alarm = self._alarm
        if alarm.slot >= 0:
            self._timers.remove(alarm)
        if alarm.scope.leave() and isinstance(exc, CancelledError):
            raise TimeoutError


def timeout(delay):
    """`async with timeout(delay):` raises TimeoutError if the block has not ended after `delay` seconds.

    None: no limit, unless `reschedule` sets one. 0 or less: at the first wait. NaN is a ValueError. `as` gives a
    Timeout. Cancelling the task meanwhile remains a cancel, also if the time is then up.
    """
    return Timeout(get_event_loop(), _limit(delay))


def timeout_ms(delay):
    """As `timeout`, with `delay` in milliseconds."""
    return Timeout(get_event_loop(), None if delay is None else ms_units(delay))


def timeout_at(when):
    """As `timeout`, up at the time `when` of `loop.time()`, in seconds; None: no limit.

    On a board whose floats have 32 bits, that is exact to 1/32 s at the worst, when the loop is some days old.
    """
    it = Timeout(get_event_loop(), None)
    it._due = _limit(when)
    return it


def _limit(seconds):
    """`seconds` in clock units, None for no limit."""
    if seconds is None:
        return None
    if isinstance(seconds, (int, float)) and seconds > CENTURY:
        return None
    return units(seconds)
