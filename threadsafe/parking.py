"""How contexts wait for one another: a line of waiters, each rung at the doorbell of the context that it sleeps in.

To wait is: try; join the line; try again; sleep; when rung, try again. To publish is: store the data, then notify the
line. So of the two orders in which a publication and a waiter can meet, in one the second try finds the data, in the
other the notification finds the waiter. A notification goes to one waiter; one that is cancelled, or times out, after
it was notified passes it on, so none is lost.

| waiter | waits in | made by |
|---|---|---|
| `ParkedTask` | a task: parks it, its loop goes on | the task, before it waits |
| `ParkedThread` | a thread, or the second core: sleeps in a doorbell of its own | the thread, at its first wait |
"""

from ..core import context, doorbell
from ..core.cell import Cell
from ..core.errors import TimeoutError, WrongContextError
from ..core.native import MICROPYTHON, Clock, ident
from ..core.operation import PENDING
from ..core.sleep import units

if MICROPYTHON:
    from .waitline_micropython import WaitLine
else:
    from .waitline_cpython import WaitLine


class Waiter(Cell):
    """One in a WaitLine: `bell` is rung for it."""

    def __init__(self):
        self.rung = False
        self.bell = None
        self.next = None


class ParkedTask(Waiter):
    """A task in `line`. Belongs to its loop's thread but for what WaitLine does with it."""

    def __init__(self, task, line):
        self.rung = False
        self.next = None
        self.task = task
        self.line = line
        self.notified = False  # and so in the ready ring
        self.expired = False
        self.bell = task.queue.bell
        task.data = self
        self.bell.arm(self)
        line.join(self)

    def answer(self):
        task = self.task
        if task is not None and not self.notified:
            self.notified = True
            task.queue.wake(task)
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
    """A thread that waits; each has one, and a doorbell, for all its waits."""

    def __init__(self):
        self.rung = False
        self.next = None
        self.bell = doorbell.Doorbell()
        self.clock = Clock()
        self.busy = False
        self.woken = False

    def answer(self):
        self.woken = True

    def wait(self, line, attempt, timeout):
        """The result of `attempt()` as soon as it is not PENDING; TimeoutError after `timeout` units (-1: never)."""
        deadline = -1 if timeout < 0 else self.clock.now() + timeout
        bell = self.bell
        self.busy = True
        try:
            while True:
                self.woken = False
                bell.arm(self)
                line.join(self)
                try:
                    result = attempt()
                    while result is PENDING and not self.woken:
                        left = -1 if deadline < 0 else deadline - self.clock.now()
                        if deadline >= 0 and left <= 0:
                            break
                        bell.sleep(left)
                        bell.answer()
                    if result is PENDING:
                        result = attempt()
                except BaseException:  # Ctrl-C, or the thing was closed
                    self._leave(line, False)
                    raise
                self._leave(line, result is PENDING and self.woken)
                if result is not PENDING:
                    return result
                if deadline >= 0 and self.clock.now() >= deadline:
                    raise TimeoutError
        finally:
            self.busy = False

    def _leave(self, line, used):
        """Out of the line; a notification that was not for naught is passed on."""
        if not line.leave(self) and not used:
            line.notify()
        self.bell.disarm(self)
        self.bell.answer()  # a late ring would end the next sleep


def wait_in_thread(line, attempt, timeout, instead):
    """Block the calling thread until `attempt()` is not PENDING, and return that.

    `timeout` in seconds, None for no limit; raises TimeoutError. WrongContextError if the thread runs a loop, which
    would stand still: `instead` says what to await.
    """
    loop = context.running_loop()
    if loop is not None:
        raise WrongContextError("this would block the thread that runs the loop; " + instead)
    waiter = _of_this_thread()
    if waiter.busy:  # a signal handler that waits while the code it interrupted does
        waiter = ParkedThread()
    return waiter.wait(line, attempt, -1 if timeout is None else units(timeout))


if MICROPYTHON:
    _parked = {}  # thread -> ParkedThread; replaced whole, never mutated, since other threads read it

    def _of_this_thread():
        global _parked
        waiter = _parked.get(ident())
        if waiter is None:
            waiter = ParkedThread()
            parked = _parked.copy()
            parked[ident()] = waiter
            _parked = parked
        return waiter

else:
    from _thread import _local

    _parked = _local()

    def _of_this_thread():
        try:
            return _parked.waiter
        except AttributeError:
            waiter = _parked.waiter = ParkedThread()
            return waiter
