"""Programs (see `programs`) on CPython's asyncio, in virtual time.

`reference` gives the trace that any scheduler must leave, if there is one: asyncio is run several times, with what is
ready at the same time run in its own order, and one by one in random orders. If the traces differ, the program's course
depends on how many turns of a loop a thing takes, which is nobody's promise. `Excluded` says why there is none.
"""

import asyncio
import itertools
import random
import selectors
from contextlib import contextmanager

from programs import Rules, Run

ORDERS = (None, 1, 2, 3, 4)


class Excluded(Exception):
    """The program is not one for a comparison."""


class AsyncioRules(Rules):
    """Notices where asyncio does by its rules, or some of its releases do, what twincore by its own does not."""

    def __init__(self):
        self.excluded = []
        self.waits = []

    @contextmanager
    def wait_for(self, run, statement):
        """What it waits for is cancelled when the time is up or the caller is cancelled, and its end is waited for.

        If it does not end by that cancel, twincore raises TimeoutError as its time was up. asyncio gives its result or
        raises its error; but if the caller was cancelled it raises that, up to 3.11. What a second reason to end (the
        time, too, if it is up by then) does to the cleanup differs between releases of asyncio.
        """
        task = asyncio.current_task()
        due, before = run.now() + run.time(statement), task.cancelling()
        try:
            yield
        finally:
            reasons = task.cancelling() - before + (run.now() >= due)
            item = statement.item
            if reasons > 1:
                self.excluded.append("wait_for with two reasons to end")
            elif reasons and not (
                run.tasks[item].cancelled()
                if isinstance(item, str)
                else run.ends.get(getattr(item, "name", None), "CancelledError") == "CancelledError"
            ):
                self.excluded.append("wait_for, and what it waits for not ended by a cancel")

    @contextmanager
    def gather(self, run, gathering):
        """Cancelled, twincore's gather cancels the tasks and ends; asyncio's ends when, and as, they have."""
        times = []
        cancel = gathering.cancel

        def cancelled(*args, **kwargs):
            times.append(run.now())
            return cancel(*args, **kwargs)

        gathering.cancel = cancelled
        try:
            yield
        finally:
            if times and (times[0] != run.now() or not gathering.cancelled()):
                self.excluded.append("gather cancelled, and the tasks need time to end, or end otherwise")

    @contextmanager
    def wait(self, run, tasks):
        """How many of those that end at the time at which it does it finds ended, depends on the turns that takes."""
        ends = []
        for task in tasks:
            if not task.done():
                task.add_done_callback(lambda task: ends.append(run.now()))
        try:
            yield
        finally:
            self.waits.append((run.now(), ends))

    def finish(self):
        """The run is over: the reasons why it is not to be compared."""
        for time, ends in self.waits:
            if ends.count(time) > 1:
                self.excluded.append("several tasks that one waits for end at one time")
        return self.excluded

    def as_completed(self, items):
        """asyncio starts them in the order of a set."""
        return [asyncio.ensure_future(item) for item in items]

    def group_failed(self, run):
        """A group that fails and is cancelled from outside: asyncio drops the cancel up to 3.12.

        From 3.13 on it raises it at the next wait, as twincore does, but also if the task was cancelled at any time
        before and did not say `uncancel`, which twincore does not have.
        """
        if asyncio.current_task().cancelling():
            self.excluded.append("group failed and cancelled")


class _Selector(selectors.SelectSelector):
    """Time jumps when nothing is ready."""

    now = 0.0

    def select(self, timeout=None):
        assert timeout is not None, "nothing will ever happen"
        self.now += timeout
        return []


class _Task(asyncio.Task):
    """asyncio keeps some tasks in sets: this gives these an order, the same in each run."""

    def __init__(self, coro, *, loop, number, **kwargs):
        self._number = number
        super().__init__(coro, loop=loop, **kwargs)

    def __hash__(self):
        return self._number


class VirtualLoop(asyncio.SelectorEventLoop):
    """`order`: the seed of a random order in which single callbacks are run; None for asyncio's."""

    def __init__(self, order=None):
        self._jumping = _Selector()
        super().__init__(self._jumping)
        self._clock_resolution = 1 / 128
        self._order = order and random.Random(order)
        numbers = itertools.count()
        self.set_task_factory(lambda loop, coro, **kwargs: _Task(coro, loop=loop, number=next(numbers), **kwargs))
        self.set_exception_handler(lambda loop, context: None)

    def time(self):
        return self._jumping.now

    def _run_once(self):
        held = []
        ready = self._ready
        if self._order and len(ready) > 1:
            ready.rotate(-self._order.randrange(len(ready)))
            held = list(ready)[1:]
            one = ready.popleft()
            ready.clear()
            ready.append(one)
        super()._run_once()
        ready.extend(held)


def traced(program, order=None):
    """Who of the program does what at which times, and why that is not to be compared."""
    rules = AsyncioRules()
    run = Run(asyncio, rules, program)
    loop = VirtualLoop(order)
    try:
        loop.run_until_complete(run.main())
    finally:
        loop.close()
    return run.trace, rules.finish()


def reference(program):
    """The trace of the program; raises Excluded if there is none."""
    found = None
    for order in ORDERS:
        trace, excluded = traced(program, order)
        if excluded:
            raise Excluded(excluded[0])
        if found is not None and trace != found:
            raise Excluded("the order of what happens at one time decides")
        found = trace
    return found
