"""Tasks, what they wait on, and the queues of one scheduler.

A coroutine yields to its scheduler either None ("run me again, after the others") or what it waits on, a `Wait` or a
`Task`: the scheduler then calls `park(task)` there, and whoever ends the wait calls `queue.wake(task)`. So no
awaitable has to look up which scheduler or task it serves. All of it belongs to the thread that runs the scheduler;
other contexts use `twincore.threadsafe`.
"""

from .errors import CancelledError, WrongContextError, describe
from .native import MICROPYTHON, Clock, Ring, ident
from .timers import Timer, TimerHeap

CLOCK_HZ = 1000 if MICROPYTHON else 1000000  # Clock's units in a second


class Wait:
    """What a task waits on. Scheduler side only."""

    def park(self, task):
        """Called right after `task` yielded this object: remember it, or wake it at once if there is no need to."""
        raise NotImplementedError

    def unpark(self, task):
        """`task` is cancelled or its time is up: forget it.

        Returns True if it was parked, False if it had been handed what it waited for and is in the ready ring.
        """
        raise NotImplementedError

    def expire(self, task):
        """The timer set for `task` fell due."""
        if self.unpark(task):
            task.queue.wake(task)


class WaitList(Wait):
    """Tasks that wait for the same thing, woken in order of arrival."""

    def __init__(self):
        self.waiters = []

    def park(self, task):
        self.waiters.append(task)

    def unpark(self, task):
        self.waiters.remove(task)
        return True

    def wake_all(self):
        """Make every waiter ready, in order."""
        waiters = self.waiters
        if waiters:
            self.waiters = []
            for task in waiters:
                task.queue.wake(task)


class RunQueue:
    """The ready tasks, the timers and all tasks of one scheduler, and the thread that it belongs to."""

    def __init__(self):
        self.ready = Ring()
        self.timers = TimerHeap()
        self.clock = Clock()
        self.current = None  # the task that runs now
        self.thread = ident()
        self.newest = None  # all tasks that have not ended, newest first, linked by Task.older and Task.newer
        self.scopes = None  # task -> what it entered (see scope.py), once a task entered any

    def check_context(self, what, instead):
        """Raise WrongContextError unless the caller's thread is the scheduler's; `instead` says what to use."""
        if ident() != self.thread:
            raise WrongContextError(
                what + " was called from another context than the thread that runs its scheduler; use " + instead
            )

    def wake(self, task):
        """Make a parked task ready: it runs after those that are ready already."""
        if task.slot >= 0:
            self.timers.remove(task)
        task.data = None
        self.ready.push(task)

    def fail(self, task, exc):
        """Make a parked task ready to have `exc` raised in it."""
        self.wake(task)
        task.data = exc

    def time(self):
        """The time in seconds, for `timeout_at`, on this loop's clock. Its zero means nothing."""
        return self.clock.now() / CLOCK_HZ

    def cancel_current(self):
        """Raise CancelledError in the current task at its next wait."""
        raise NotImplementedError

    def finish(self, task, outcome):
        """`task` ended with `outcome`, a StopIteration or the exception: link it out, wake those who await it."""
        waiters = task.state
        task.data = outcome
        task.coro = None
        task.state = None
        if task.newer is None:
            self.newest = task.older
        else:
            task.newer.older = task.older
        if task.older is not None:
            task.older.newer = task.newer
        task.older = task.newer = None
        if waiters is True and not isinstance(outcome, (StopIteration, CancelledError)):
            self.ready.push(task)  # once more, so that one about to await it may; only then is it reported
            return
        self.ready.reserve(-1)
        if waiters is not True:
            task.state = False
            for waiter in waiters:
                if isinstance(waiter, Task):
                    self.wake(waiter)
                else:
                    waiter.child_done(task)


class Task(Timer):
    """A coroutine that a scheduler runs. Made by `create_task`; `await task` gives its result or raises its error.

    Any number of tasks may await it and are woken in order. Awaiting a finished task does not yield.

    Attributes, as in MicroPython's asyncio: `coro`, None once it has ended; `data`, what it waits on or the exception
    about to be raised in it, and in the end StopIteration(result) or its exception; `state`, True while it runs and
    nobody waits, a list of who awaits it, None when it has ended unseen, False when its end was seen.
    """

    def __init__(self, coro, queue):
        self.when = 0
        self.order = 0
        self.slot = -1
        self.coro = coro
        self.queue = queue
        self.data = None
        self.state = True
        self.newer = None
        self.older = queue.newest
        if self.older is not None:
            self.older.newer = self
        queue.newest = self

    def done(self):
        """True once it has ended, in whatever way. May be called from any context."""
        return self.coro is None

    def cancel(self):
        """Raise CancelledError in the task where it waits; if it waits for another task, in that one.

        Returns False if it has ended already, else True. A task that has not run yet never will. Called by tasks
        only: RuntimeError if called on the current task, WrongContextError from another context.
        """
        queue = self.queue
        queue.check_context("Task.cancel()", "a threadsafe.ThreadSafeEvent that a task waits for and then cancels")
        if self is queue.current:
            raise RuntimeError("can't cancel self: raise CancelledError, or return")
        return self.interrupt()

    def interrupt(self):
        """`cancel` without its checks."""
        queue = self.queue
        target = self
        while True:
            if target.coro is None:
                return False
            target.mark_scopes()
            if not isinstance(target.data, Task):
                break
            target = target.data
        if target is queue.current:  # it cancels one that waits for it: itself, in the end
            queue.cancel_current()
        else:
            target.inject(CancelledError())
        return True

    def mark_scopes(self):
        """Tell the scopes that it is in that somebody else cancels it, too."""
        scopes = self.queue.scopes
        if scopes:
            for scope in scopes.get(self, ()):
                scope.cancelled = True

    def cancelled(self):
        """True if it ended with a CancelledError."""
        return self.coro is None and isinstance(self.data, CancelledError)

    def result(self):
        """What it returned; raises what it raised, and RuntimeError if it has not ended."""
        error = self.exception()
        if error is None:
            return self.data.value
        raise error

    def exception(self):
        """What it raised, CancelledError too; None if it returned. RuntimeError if it has not ended."""
        if self.coro is not None:
            raise RuntimeError("the task has not ended: await it")
        self.state = False
        return None if isinstance(self.data, StopIteration) else self.data

    def add_done_callback(self, fn):
        """Have `fn(task)` called by a task of the loop once this one has ended, at the earliest at the next turn."""
        from .done_callbacks import add

        add(self, fn)

    def remove_done_callback(self, fn):
        """Take back every `add_done_callback(fn)`; returns how many those were."""
        from .done_callbacks import remove

        return remove(self, fn)

    def get_name(self):
        """The name set, or one that no other task has at the time."""
        return getattr(self, "name", None) or "Task-" + str(id(self))

    def set_name(self, name):
        """Call it `str(name)`, here and in its repr."""
        self.name = str(name)  # an attribute of those that have one only

    def inject(self, exc):
        """Raise `exc` in this task, which is not the current one, when it next runs. Scheduler side."""
        wait = self.data
        if wait is not None and not isinstance(wait, BaseException) and wait.unpark(self):
            self.queue.wake(self)
        self.data = exc

    def expire(self):
        """Its timer fell due."""
        self.data.expire(self)

    # What a Wait does, for those who await this task.

    def park(self, task):
        if task is self:
            self.queue.fail(task, RuntimeError("a task can't await itself"))
        elif self.coro is None:
            task.queue.wake(task)
        elif self.queue is not task.queue:
            task.queue.fail(
                task,
                WrongContextError("a task of another loop can't be awaited; pass its result through threadsafe"),
            )
        else:
            self.add_waiter(task)

    def add_waiter(self, waiter):
        """Wake `waiter`, a task, or call its `child_done(task)` when this task ends."""
        if self.state is True:
            self.state = [waiter]
        else:
            self.state.append(waiter)

    def unpark(self, waiter):
        self.state.remove(waiter)
        if not self.state:
            self.state = True
        return True

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        if self.coro is not None:
            return self
        self.state = False
        outcome = self.data
        if isinstance(outcome, StopIteration):  # its traceback would grow, and keep frames, with each await
            outcome.__traceback__ = None
        raise outcome

    def __repr__(self):
        name = getattr(self, "name", None)
        what = describe(self.coro) if self.coro is not None else "done"
        return "<Task " + (name + ": " + what if name else what) + ">"
