"""schedule and Sequence: something happens at times of the calendar. For tasks of one loop.

    sequence = Sequence()
    create_task(schedule(sequence, "tea", hrs=16))
    create_task(schedule(sequence, "backup", wday=6, hrs=(2, 14)))
    async for (what,) in sequence:
        ...

For what comes every few seconds a task that sleeps is simpler. When the times are is said in `cron`.
"""

import time

from ..core.context import get_event_loop
from ..core.sleep import sleep_ms
from ..core.times import CLOCK_HZ
from ..primitives.launching import launch
from ..primitives.queue import Queue
from .crontab import cron

SLICE = 60  # seconds of one sleep: so soon it is noticed that the clock was set
SET = 2  # the clock was set back if it went by so much less than time passed; both count whole seconds
CORRECTION = 60  # set by no more than this, it brings no time twice and leaves none out


class Sequence:
    """What any number of schedules trigger, and tasks iterate over: `async for args in sequence`.

    `trigger(args)` adds one event; none is lost, though several come in one second or the task is slow: they are kept,
    `len(sequence)` of them, as long as there is memory. Of several tasks that iterate each gets its share.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self):
        self._events = Queue()

    def trigger(self, args):
        """Have one task go on, with `args`, as schedule does with those that it was given."""
        self._events.put_nowait(args)

    def __len__(self):
        return self._events.qsize()

    def __aiter__(self):
        return self

    def __anext__(self):
        return self._events.get()


def schedule(func, *args, times=None, now=None, **cron_args):
    """A coroutine, for `create_task`: at each time that `cron(**cron_args)` gives, call `func(*args)`.

    Args: func, a function; a coroutine function, which a task of its own then runs; an Event or the like, which is set;
    or a Sequence, which is triggered with args. times, how often, None: for ever. now, a function that returns the
    time in seconds in place of `time.time`: of another clock, or a test's.
    Returns, after the last time, what func returned then, the Task that runs it, or None.
    Raises at once what `cron` raises; ValueError for a times below 0, TypeError for a func that is none of these.

    The calendar's clock is followed: when it is set, which is noticed within a minute, waiting begins anew from where
    it is then; times that were left out up to there do not come. Corrected by less than a minute it brings each time
    once: none again that it comes to again, and late what it left out. Nor is a time lost because the loop was busy:
    what is late comes late, one after another. What func raises is reported by the loop's exception handler. On a
    VirtualClock the calendar begins with the system's time and goes on as that clock does.
    """
    if times is not None and (not isinstance(times, int) or times < 0):
        raise ValueError("times is how often, 0 or more, or None, not " + repr(times))
    return _run(_action(func, args), times, now, cron(**cron_args))


def _action(func, args):
    if isinstance(func, Sequence):
        return lambda: func.trigger(args)
    if callable(func):
        return lambda: launch(func, args)
    if hasattr(func, "set"):
        return func.set
    raise TypeError("what is scheduled is a function, an Event or a Sequence, not " + repr(func))


async def _run(action, times, now, seconds_to_next):
    loop = get_event_loop()
    calendar = _Calendar(loop, now or _calendar_of(loop))
    result = None
    begin = calendar.seconds()
    while times is None or times > 0:
        due = begin + seconds_to_next(begin)
        while not await calendar.reaches(due):
            begin = _begin_anew(begin, calendar.seconds())
            due = begin + seconds_to_next(begin)
        result = _do(loop, action)
        begin = due + 1
        if times is not None:
            times -= 1
    return result


def _begin_anew(begin, now):
    """Where to look from when the clock was set to `now`, and what is before `begin` was done."""
    return begin if now < begin <= now + CORRECTION else now


def _do(loop, action):
    try:
        return action()
    except Exception as exc:
        loop.call_exception_handler({"message": "a scheduled call failed", "exception": exc, "future": loop.current})
        return None


def _calendar_of(loop):
    """The system's `time`; on a virtual clock, one that goes on as that does."""
    if not hasattr(loop.clock, "advance"):
        return time.time
    begin = time.time() - loop.clock.now() / CLOCK_HZ
    return lambda: begin + loop.clock.now() / CLOCK_HZ


class _Calendar:
    """The time of the calendar, beside the loop's: where they differ, it was set."""

    def __init__(self, loop, now):
        self._loop = loop
        self._now = now
        self._ahead = self._difference()

    def seconds(self):
        return int(self._now())

    def _difference(self):
        # Whole seconds: the floats of many boards have no room for both a date and a second
        return self.seconds() - self._loop.clock.now() // CLOCK_HZ

    async def reaches(self, due):
        """Wait until it is `due`; False if the clock is set meanwhile."""
        while True:
            ahead = self._difference()
            change = ahead - self._ahead
            self._ahead = ahead
            if change > CORRECTION or change < -SET:
                return False  # set on by less, it may have passed what is due, which comes now
            left = due - self._now()
            if left <= 0:
                return True
            await sleep_ms(int(min(left, SLICE) * 1000) + 1)  # more than 0, however little is left
