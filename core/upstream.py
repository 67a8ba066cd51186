"""Names of MicroPython's asyncio that only those use who write primitives of their own: `core.core` and a few others.

There a primitive parks a task by hand, and wakes it by hand; that works here too:

    self.waiting = core.TaskQueue()
    self.waiting.push(core.core.cur_task)
    core.core.cur_task.data = self.waiting
    yield                                           # until somebody does:
    core.core._task_queue.push(self.waiting.pop())

In new code derive from `core.task.Wait`. Scheduler side only.
"""

import sys

from .context import current_task, get_event_loop
from .io_queue import IOQueue  # noqa: F401
from .native import MICROPYTHON
from .sleep import sleep
from .task import Task  # noqa: F401
from .times import UNITS_PER_MS

if MICROPYTHON:
    from time import ticks_add, ticks_diff
    from time import ticks_ms as ticks
else:
    from time import monotonic_ns

    def ticks():
        """Milliseconds."""
        return monotonic_ns() // 1000000

    def ticks_add(ticks, delta):
        """`delta` ms after `ticks`."""
        return ticks + delta

    def ticks_diff(new, old):
        """Milliseconds from `old` to `new`."""
        return new - old


SingletonGenerator = type(sleep(0))
core = sys.modules[__name__]


class TaskQueue:
    """Tasks by key, which is a time in ms, first come first served among equals."""

    def __init__(self):
        self._entries = []  # (key, task), the first last

    def push(self, task, key=None):
        """Put `task` behind those with the same `key` (default: now) and before those with a greater one."""
        if key is None:
            key = ticks()
        entries = self._entries
        at = len(entries)
        while at and ticks_diff(entries[at - 1][0], key) <= 0:
            at -= 1
        entries.insert(at, (key, task))

    def peek(self):
        """The first task; None if there is none."""
        return self._entries[-1][1] if self._entries else None

    def pop(self):
        """Take the first task. IndexError if there is none."""
        if not self._entries:
            raise IndexError("empty heap")
        return self._entries.pop()[1]

    def remove(self, task):
        """Take `task` out, wherever it is."""
        self._entries = [entry for entry in self._entries if entry[1] is not task]

    def unpark(self, task):
        """As a Wait does: `task` is cancelled."""
        self.remove(task)
        return True


class _ReadyQueue:
    """`_task_queue`: a task that is pushed there runs."""

    def push(self, task, key=None):
        if key is None:
            task.queue.wake(task)
        else:
            task.data = _Until()
            loop = task.queue
            loop.timers.push(task, loop.clock.now() + max(0, ticks_diff(key, ticks())) * UNITS_PER_MS)


class _Until:
    """A task that was pushed with a time."""

    def unpark(self, task):
        task.queue.timers.remove(task)
        return True

    def expire(self, task):
        task.queue.wake(task)


_task_queue = _ReadyQueue()


def run_until_complete(main_task=None):
    """Run the current loop until `main_task` has ended; without one until it is stopped."""
    loop = get_event_loop()
    if main_task is None:
        return loop.run_forever()
    return loop.run_until_complete(main_task)


def __getattr__(name):
    if name == "cur_task":
        try:
            return current_task()
        except RuntimeError:
            return None
    if name == "_io_queue":
        return get_event_loop().streams()
    raise AttributeError(name)
