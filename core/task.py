"""Tasks, what they wait on, and the queues of one scheduler.

A coroutine yields to its scheduler either None ("run me again, after the others") or what it waits on, a `Wait` or a
`Task`: the scheduler then calls `park(task)` there, and whoever ends the wait calls `queue.wake(task)`. So no
awaitable has to look up which scheduler or task it serves. All of it belongs to the thread that runs the scheduler;
other contexts use `twincore.threadsafe`.
"""

from .errors import CancelledError
from .lazy import load
from .native import COMPILED, MICROPYTHON, Clock, Ring, ident
from .timers import Timer, TimerHeap
from .times import CLOCK_HZ

PENDING = object()  # what an attempt returns that has to wait


class Wait:
    """What a task waits on, and awaits. Scheduler side only.

    It is tried; if it can't be done yet the task is parked, and it is tried again when the task is woken. One object may
    be awaited by many if `attempt` keeps no state. On CPython C makes the attempts, and hands the result to the awaiting
    coroutine without raising StopIteration (see awaiting.pyx).
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def attempt(self):
        """Try. Returns the result, or PENDING: the task is then parked, and this is called again when it is woken."""
        raise NotImplementedError

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

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        result = self.attempt()
        if result is PENDING:
            return self
        raise StopIteration(result)


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
        if not MICROPYTHON:
            self.streak = 0  # see shared_cpython.fair
        self.seen = 0  # the time when the loop last looked at its clock
        self.policy = None  # decides who goes first (see policy.py); None: round robin

    def check_context(self, what):
        """Raise WrongContextError unless the caller's thread is the scheduler's; `what`: see misuse.py."""
        if ident() != self.thread:
            raise load("misuse", "wrong_context")(what, self.thread)

    def wake(self, task):
        """Make a parked task ready: it runs after those that are ready already."""
        if task.slot >= 0:
            self.timers.remove(task)
        task.data = None
        self.ready.push(task)

    def has_ready(self):
        """Whether a task is ready to take a step."""
        return len(self.ready) > 0 or (self.policy is not None and self.policy.waiting())

    def arrive(self, task, urgent):
        """`wake` a task for which something came from outside: a ring, a stream. A policy may let it go first."""
        policy = self.policy
        if policy is None:
            self.wake(task)
        else:
            policy.arrive(task, urgent)

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
        if not MICROPYTHON and not isinstance(outcome, StopIteration):
            task.origin = getattr(task.coro, "cr_origin", None)  # for who reports it
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
        if isinstance(waiters, list):
            self._tell_all(waiters, task)
        elif waiters is not True:
            self.tell(waiters, task)
        if isinstance(outcome, (StopIteration, CancelledError)):
            if waiters is not True:
                task.state = False
            self.ready.reserve(-1)
        elif task.state is None:
            self.ready.push(task)  # once more, behind whoever may look at it: then it is reported if nobody did
        else:
            self.ready.reserve(-1)


    def _tell_all(self, waiters, task):  # not in `finish`: see armed.py
        for waiter in waiters:
            self.tell(waiter, task)

    def tell(self, waiter, task):
        """`waiter` awaited `task`, which has ended."""
        if isinstance(waiter, Task):
            self.wake(waiter)
        else:
            waiter.child_done(task)


class Task(Timer):
    """A coroutine that a scheduler runs. Made by `create_task`; `await task` gives its result or raises its error.

    Any number of tasks may await it and are woken in order. Awaiting a finished task does not yield.

    Attributes, as in MicroPython's asyncio: `coro`, None once it has ended; `data`, what it waits on or the exception
    about to be raised in it, and in the end StopIteration(result) or its exception; `state`, True while it runs and
    nobody waits, who awaits it, a list if several do, None when it has ended unseen, False when its end was seen.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, coro, queue):
        Timer.__init__(self)
        self.begin(coro, queue)

    def begin(self, coro, queue):
        """The rest of __init__: `create_task` makes tasks without a call of the type, which costs more than all of this."""
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
        queue.check_context("Task.cancel()")
        if self is queue.current:
            raise load("misuse", "cancels_itself")()
        return self.interrupt()

    def interrupt(self):
        """`cancel` without its checks."""
        queue = self.queue
        target = self
        while True:
            if target.coro is None:
                return False
            if queue.scopes:
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
        for scope in self.queue.scopes.get(self, ()):
            scope.cancelled = True

    def cancelled(self):  # seldom
        """True if it ended with a CancelledError."""
        return self.coro is None and isinstance(self.data, CancelledError)

    def result(self):  # seldom
        """What it returned; raises what it raised, and RuntimeError if it has not ended."""
        error = self.exception()
        if error is None:
            return self.data.value
        raise error

    def exception(self):  # seldom
        """What it raised, CancelledError too; None if it returned. RuntimeError if it has not ended."""
        if self.coro is not None:
            raise RuntimeError("the task has not ended: await it")
        self.state = False
        return None if isinstance(self.data, StopIteration) else self.data

    def add_done_callback(self, fn, context=None):  # seldom
        """Have `fn(task)` called by a task of the loop once this one has ended, at the earliest at the next turn.

        On CPython it is called in `context`, by default a copy of the caller's context variables.
        """
        load("done_callbacks", "add")(self, fn, context)

    def remove_done_callback(self, fn):  # seldom
        """Take back every `add_done_callback(fn)`; returns how many those were."""
        return load("done_callbacks", "remove")(self, fn)

    def get_coro(self):  # seldom
        """Its coroutine; None once it has ended."""
        return self.coro

    def get_name(self):  # seldom
        """The name set, or one that no other task has at the time."""
        return getattr(self, "name", None) or "Task-" + str(id(self))

    def set_name(self, name):  # seldom
        """Call it `str(name)`, here and in its repr."""
        self.name = str(name)

    def inject(self, exc):
        """Raise `exc` in this task, which is not the current one, when it next runs. Scheduler side."""
        wait = self.data
        if wait is not None and not isinstance(wait, BaseException):
            try:
                parked = wait.unpark(self)
            except (ValueError, AttributeError):  # a Ctrl-C took it out of its line, and came before it was woken
                parked = True
            if parked:
                self.queue.wake(self)
        self.data = exc

    def expire(self):
        """Its timer fell due."""
        self.data.expire(self)

    def has_patience(self):
        """A sleep may; see Timer."""
        return True

    def leads_to(self, task):
        """Whether this is `task` or waits for it, perhaps by way of others: then `task` can't wait for this one."""
        other = self
        while other is not task:
            data = other.data
            if data is None:
                return False
            if not isinstance(data, Task):
                data = getattr(data, "awaits", None)
                if data is None:
                    return False
            other = data
        return True

    # What a Wait does, for those who await this task.

    def park(self, task):
        if self.coro is None:
            task.queue.wake(task)
        elif self.leads_to(task):
            task.queue.fail(task, load("misuse", "waits_for_itself")(self, task))
        elif self.queue is not task.queue:
            task.queue.fail(task, load("misuse", "other_loops_task")())
        else:
            self.add_waiter(task)

    def add_waiter(self, waiter):
        """Wake `waiter`, a task, or call its `child_done(task)` when this task ends."""
        state = self.state
        if state is True:
            self.state = waiter
        elif isinstance(state, list):
            state.append(waiter)
        else:
            self.state = [state, waiter]

    def unpark(self, waiter):
        state = self.state
        if state is waiter:
            self.state = True
        else:
            state.remove(waiter)
            if not state:
                self.state = True
        return True

    def waiters(self):
        """Those who await it, in order."""
        state = self.state
        if isinstance(state, list):
            return state
        return [] if self.coro is None or state is True else [state]

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        if self.coro is not None:
            return self
        self.state = False
        outcome = self.data
        if isinstance(outcome, StopIteration):
            if not MICROPYTHON:
                raise StopIteration(outcome.value)  # a new one: tasks share that of None
            outcome.__traceback__ = None  # or it would grow with each await
        raise outcome

    def __repr__(self):
        return load("describing", "task")(self)


if COMPILED:
    pass  # before anything else derives from Wait
