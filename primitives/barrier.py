"""Barrier: tasks meet, again and again. For tasks of one loop.

    barrier = Barrier(3)
    await barrier  # goes on when three have come
"""

from ..core.context import check_context
from ..core.native import COMPILED
from ..core.task import PENDING, Wait
from .launching import check_call, launch
from .semaphore import DONE


class BrokenBarrierError(RuntimeError):
    """The barrier was aborted, or reset while tasks waited, or its function failed."""


class Barrier:
    """Holds tasks until `participants` of them have come; then all go on, and the next may meet.

    `func(*args)` is called by the last that comes, before anybody goes on; a coroutine function is started as a task.
    `result()` is what it returned, or that task. A task that is cancelled while it waits does not count any more.
    ValueError for less than one participant, TypeError for what can't be called. `wait`, `abort`, `reset` and the rest
    are as CPython's asyncio has them.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, participants, func=None, args=()):
        if not isinstance(participants, int) or participants < 1:
            raise ValueError("a barrier is for 1 participant or more, a whole number, not " + repr(participants))
        if func is not None:
            check_call(func, args)
        self.parties = participants
        self.broken = False
        self._func = func
        self._args = args
        self._result = None
        self._arrivals = []  # those who wait
        self._triggered = 0  # those who came and went
        self._queue = None

    @property
    def n_waiting(self):
        """How many wait now."""
        return len(self._arrivals)

    def busy(self):
        """Whether somebody has come and the others have not."""
        return len(self._arrivals) + self._triggered > 0

    def result(self):
        """What `func` returned last, or the Task that it became."""
        return self._result

    def wait(self):
        """Awaitable: until all have come. Returns how many came before. BrokenBarrierError."""
        return _Arrival(self)

    def trigger(self):
        """Come, and do not wait. Returns whether this was the last that was wanted. BrokenBarrierError."""
        check_context(self._queue, "Barrier.trigger()")
        self._check()
        if self._missing() == 1:
            self._open()
            return True
        self._triggered += 1
        return False

    def reset(self):
        """Those who wait go on with BrokenBarrierError; the barrier begins afresh. May be awaited, as CPython's."""
        self._send_away("the barrier was reset")
        self.broken = False
        return DONE

    def abort(self):
        """Those who wait, and those who come, go on with BrokenBarrierError until `reset`. May be awaited, too."""
        self._send_away("the barrier was aborted")
        self.broken = True
        return DONE

    def _missing(self):
        return self.parties - len(self._arrivals) - self._triggered

    def _check(self):
        if self.broken:
            raise BrokenBarrierError("the barrier is broken: reset it first")

    def _open(self):
        if self._func is not None:
            try:
                self._result = launch(self._func, self._args)
            except BaseException:
                self.abort()
                raise
        arrivals, self._arrivals = self._arrivals, []
        self._triggered = 0
        for arrival in arrivals:
            arrival.done = True
            arrival.task.queue.wake(arrival.task)
            arrival.task.data = arrival

    def _send_away(self, why):
        check_context(self._queue, "Barrier.abort() or reset()")
        arrivals, self._arrivals = self._arrivals, []
        self._triggered = 0
        for arrival in arrivals:
            arrival.task.queue.fail(arrival.task, BrokenBarrierError(why))

    def __await__(self):
        return _Arrival(self)

    def __iter__(self):
        return _Arrival(self)

    def __aenter__(self):
        return _Arrival(self)

    def __aexit__(self, exc_type, exc, tb):
        return DONE


class _Arrival(Wait):
    """One task that has come."""

    def __init__(self, barrier):
        self.barrier = barrier
        self.task = None
        self.number = 0
        self.done = False

    def __await__(self):
        self.done = False  # awaited once more it comes once more
        return self

    def __iter__(self):
        self.done = False
        return self

    def attempt(self):
        if self.done:
            return self.number
        barrier = self.barrier
        barrier._check()
        if barrier._arrivals:
            check_context(barrier._queue, "Barrier.wait()")
        self.number = barrier.parties - barrier._missing()
        if barrier._missing() > 1:
            return PENDING
        barrier._open()
        return self.number

    def park(self, task):
        self.task = task
        self.barrier._queue = task.queue
        self.barrier._arrivals.append(self)

    def unpark(self, task):
        if self.done:  # too late: the others have gone on
            return False
        self.barrier._arrivals.remove(self)
        return True


if COMPILED:
    from ..core.awaiting import quicken

    quicken(_Arrival)
