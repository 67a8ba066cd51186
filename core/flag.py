"""ThreadSafeFlag: from an ISR, a thread or the other core, wake one task. The simplest thing that crosses contexts.

Sets coalesce and nothing is carried: use a ThreadSafeEvent for several waiters, a Message for a value, a
ThreadSafeQueue where each one counts. On MicroPython the class is in `flag_stream`, which lets `select.poll` watch it.
"""

import os

from .cell import Cell
from .lazy import load
from .native import COMPILED
from .task import PENDING


class ThreadSafeFlag(Cell):
    """Set in any context, awaited by one task.

    | method | who may call | blocks | allocates |
    |---|---|---|---|
    | `set()` | any context, hard ISR and signal handler included | never | never on MicroPython |
    | `clear()`, `is_set()` | any context | never | never |
    | `await wait()` | one task at a time, another gets RuntimeError | until set | nothing |
    | `fileno()` | any thread of CPython | never | a descriptor, at the first call |

    Self-clearing: it is cleared when `wait` returns. Several sets before that count as one. Waiting on a set flag does
    not yield. A cancelled wait leaves the flag as it is, for the next to find. There is nothing to close. The task of an
    `urgent` flag runs before others that are ready: see policy.py.
    """

    def __init__(self, urgent=False):
        self.rung = False
        if urgent:
            self.urgent = True
            load("policy", "attend")  # now, and not when another core runs
        self.state = False
        self.bell = None  # of the loop whose task waits
        self.task = None
        self.fresh = False  # between __await__ and the first step
        self._descriptor = -1

    def set(self):
        """Wake the task that waits, or let the next wait pass."""
        self.state = True
        bell = self.bell
        if bell is not None:
            bell.ring(self)
        if self._descriptor >= 0:
            _write(self._descriptor)

    def clear(self):
        """Forget an earlier `set`."""
        self.state = False
        if self._descriptor >= 0:
            _drain(self._descriptor)
            if self.state:  # set since, and perhaps written before the drain: who polls must see it
                _write(self._descriptor)

    def is_set(self):
        """True from `set` on, until a wait returns or `clear` is called."""
        return self.state

    def wait(self):
        """Awaitable: until the flag is set; clears it. One task at a time."""
        return self

    def fileno(self):
        """A descriptor that is readable while the flag is set: for select, poll and selectors (Linux)."""
        if self._descriptor < 0:
            self._descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            if self.state:
                _write(self._descriptor)
        return self._descriptor

    # The scheduler's side.

    def park(self, task):
        if self.task is not None:
            task.queue.fail(
                task,
                RuntimeError(
                    "another task waits for this ThreadSafeFlag already: " + repr(self.task)
                    + "; use a ThreadSafeEvent for several"
                ),
            )
            return
        self.task = task
        if getattr(self, "urgent", False) and task.queue.policy is None:
            load("policy", "attend")(task.queue)
        bell = task.queue.bell
        self.bell = bell  # from here on set() rings
        bell.arm(self)
        if self.state:  # it was set between the first look and the arming
            self.unpark(task)
            task.queue.wake(task)

    def unpark(self, task):
        bell = self.bell
        self.bell = None
        self.task = None
        if bell is not None:
            bell.disarm(self)
        return True

    def answer(self):
        task = self.task
        if task is None:
            return
        if self.state:
            self.task = None
            self.bell = None
            queue = task.queue
            if queue.policy is None and task.slot < 0:
                task.data = None  # `wake`, without its call: this is the way from an ISR to its task
                queue.ready.push(task)
            else:
                queue.arrive(task, getattr(self, "urgent", False))
        else:  # cleared since; or the ring of a set that an earlier wait has taken, come late
            bell = self.bell
            bell.arm(self)

    def __await__(self):
        self.fresh = True
        return self

    def __iter__(self):
        self.fresh = True
        return self

    def attempt(self):
        if self.fresh and not self.state:
            self.fresh = False
            return PENDING
        self.fresh = False
        self.clear()
        return None


if COMPILED:
    from .awaiting import quicken

    quicken(ThreadSafeFlag)


def _write(descriptor):
    try:
        os.eventfd_write(descriptor, 1)
    except BlockingIOError:  # readable for long
        pass


def _drain(descriptor):
    try:
        os.eventfd_read(descriptor)
    except BlockingIOError:  # not readable
        pass
