"""How contexts wait for one another: a line of waiters, each rung at the doorbell of the context that it sleeps in.

To wait is: try; join the line; try again; sleep; when rung, try again. To publish is: store the data, then notify the
line. So of the two orders in which a publication and a waiter can meet, in one the second try finds the data, in the
other the notification finds the waiter. A notification goes to one waiter; one that is cancelled, or times out, after
it was notified passes it on, so none is lost.

| waiter | waits in | made by |
|---|---|---|
| `ParkedTask` | a task: parks it, its loop goes on | the task, before it waits |
| `ParkedThread` | a thread, or the second core: sleeps in a doorbell of its own | the thread, before it waits |
"""

from ..core import context, doorbell
from ..core.cell import Cell
from ..core.errors import TimeoutError, WrongContextError
from ..core.native import MICROPYTHON, Clock, ident
from ..core.task import PENDING
from ..core.times import units

if MICROPYTHON:
    from .waitline_micropython import WaitLine
else:
    from sys import modules

    from ..core.clocks_cpython import of_this_thread
    from ..core.parker_cpython import let_go
    from .waitline_cpython import WaitLine  # noqa: F401

    def asyncio_runs():
        """Whether the calling thread runs a loop of asyncio."""
        asyncio = modules.get("asyncio")
        return asyncio is not None and asyncio._get_running_loop() is not None

_LONGEST = 1 << 28  # clock units in one sleep: what MicroPython's poll can take, and its ticks, which wrap


class Waiter(Cell):
    """One in a WaitLine, for one wait: `bell` is rung for it."""

    def __init__(self):
        self.rung = False
        self.bell = None


class ParkedTask(Waiter):
    """A task in `line`. Belongs to its loop's thread but for what WaitLine does with it."""

    def __init__(self, task, line):
        self.rung = False
        self.task = task
        self.line = line
        self.notified = False  # and so in the ready ring
        self.expired = False
        if not MICROPYTHON:
            self.awaited = task.data  # for who lists the tasks
        self.bell = task.queue.bell
        task.data = self
        self.bell.arm(self)
        line.join(self)

    def answer(self):
        task = self.task
        if task is not None and not self.notified:
            self.notified = True
            queue = task.queue
            if MICROPYTHON and queue.policy is None and task.slot < 0:
                queue.ready.push(task)  # `arrive`, without its calls
                return
            queue.arrive(task, False)
            task.data = self  # so that a cancel before it runs finds this, and the notification is passed on

    def unpark(self, task):
        self.task = None
        if self.notified:
            self.pass_on()
            return False
        self.bell.disarm(self)
        if not self.line.leave(self):
            self.pass_on()
        return True

    def expire(self, task):
        self.expired = True
        self.unpark(task)
        task.queue.wake(task)

    def pass_on(self):
        """It was notified and will not use it."""
        self.line.notify()

    def try_now(self):
        """Wake the task at once: the second try, after joining the line, found that it can go on."""
        task = self.task
        if not self.notified and self.unpark(task):
            task.queue.wake(task)


class ParkedThread(Waiter):
    """A thread in a line. One for each wait, so that a late ring for an earlier one is not taken for its own."""

    def __init__(self, bell):
        self.rung = False
        self.bell = bell
        self.notified = False

    def answer(self):
        self.notified = True


class Sleeper:
    """What a thread, or the second core, waits with: each has one, with a doorbell, for all its waits."""

    def __init__(self):
        self.bell = doorbell.Doorbell()
        self.clock = Clock()
        self.busy = False
        self.nested = None  # for a signal handler that waits while the code it interrupted does
        self.line = self.parked = None  # where it stands, or stood last
        self.shared = False  # a signal to all: no notification is passed on

    def wait(self, line, attempt, timeout, released):
        """The result of `attempt()` as soon as it is not PENDING; TimeoutError after `timeout` units (-1: never).

        For a signal to all, `released()` is the result once notified, and nobody else is told of a notification
        that comes too late.
        """
        clock = self.clock
        if not MICROPYTHON:
            clock = of_this_thread() or clock
        deadline = -1 if timeout < 0 else clock.now() + timeout
        bell = self.bell
        self.line = line
        self.shared = released is not None
        self.busy = True
        try:
            while True:
                parked = self.parked = ParkedThread(bell)
                bell.arm(parked)
                line.join(parked)
                result = PENDING
                used = False
                try:
                    result = attempt()
                    while result is PENDING and not parked.notified:
                        left = -1 if deadline < 0 else deadline - clock.now()
                        if deadline >= 0 and left <= 0:
                            break
                        if left > _LONGEST:
                            left = _LONGEST
                        if MICROPYTHON or not clock.jumps:
                            bell.sleep(left)
                        else:
                            let_go()
                            clock.sleep_in(bell, left)
                        bell.answer()
                    if result is PENDING:
                        result = attempt()
                    used = parked.notified
                finally:  # also for Ctrl-C, or when the thing was closed
                    if not used or result is PENDING:  # else it is in no line, and no bell's, any more
                        if not line.leave(parked) and not used and released is None:
                            line.notify()
                        bell.disarm(parked)
                if result is not PENDING:
                    return result
                if used and released is not None:
                    return released()
                if deadline >= 0 and clock.now() >= deadline:
                    raise TimeoutError
        finally:
            self.busy = False
            self.line = self.parked = None

    def forked(self):
        """In the child of a fork: the thread is the parent's. Step out of the line, as one who gave up."""
        if self.parked is not None:
            if hasattr(self.line, "forked"):
                self.line.forked()
            elif not self.line.leave(self.parked) and not self.shared:
                self.line.notify()
        if self.nested is not None:
            self.nested.forked()


def check_timeout(timeout):
    """Return `timeout` in seconds if it can be waited for, None for "as long as it takes": also for a century or more.

    Raises ValueError if it is negative or not a number, TypeError if it is no number at all.
    """
    if timeout is None:
        return None
    try:
        usable = timeout >= 0
    except TypeError:
        raise TypeError("timeout is a number of seconds or None, not " + repr(timeout)) from None
    if not usable:  # also NaN: every comparison with it is false
        raise ValueError(
            "timeout must be 0 or more seconds, or None to wait without limit; got " + str(timeout)
        )
    return None if timeout > 3e9 else timeout


def wait_in_thread(line, attempt, timeout, instead, released=None):
    """Block the calling thread until `attempt()` is not PENDING, and return that; for `released` see Sleeper.wait.

    `timeout` in seconds, None for no limit; raises TimeoutError. WrongContextError if the thread runs a loop, which
    would stand still: `instead` says what to await.
    """
    if context.check_blocking is not None:
        context.check_blocking()
    if context.running_loop() is not None or (not MICROPYTHON and asyncio_runs()):
        raise WrongContextError("this would block the thread that runs the loop; " + instead)
    sleeper = _of_this_thread()
    while sleeper.busy:  # a signal handler that waits while the code it interrupted does
        if sleeper.nested is None:
            sleeper.nested = Sleeper()
        sleeper = sleeper.nested
    return sleeper.wait(line, attempt, -1 if timeout is None else units(timeout), released)


if MICROPYTHON:
    _sleepers = {}  # thread -> Sleeper; replaced whole, never mutated, since other threads read it

    def _of_this_thread():
        global _sleepers
        sleeper = _sleepers.get(ident())
        if sleeper is None:
            sleeper = Sleeper()
            sleepers = _sleepers.copy()
            sleepers[ident()] = sleeper
            _sleepers = sleepers
        return sleeper

else:
    import os
    from _thread import _local

    from ..core import fork_cpython

    _sleeper = _local()
    _sleepers = {}  # thread -> Sleeper; one that has ended stays until another is given its ident

    def _of_this_thread():
        try:
            return _sleeper.own
        except AttributeError:
            sleeper = _sleeper.own = _sleepers[ident()] = Sleeper()
            return sleeper

    def _forked():
        """In the child of a fork, after `context`: whoever waited, in another thread or a loop, waits in the parent.

        Left in a line they would be notified in place of those who wait here.
        """
        global _sleepers
        own = getattr(_sleeper, "own", None)
        sleepers, _sleepers = _sleepers, {}
        if own is not None:
            _sleepers[ident()] = own
        for sleeper in sleepers.values():
            if sleeper is not own:
                sleeper.forked()
        for loop in fork_cpython.inherited:
            task = loop.newest
            while task is not None:
                if isinstance(task.data, ParkedTask):
                    task.data.unpark(task)
                task = task.older

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forked)
