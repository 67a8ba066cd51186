"""Tasks of asyncio (uvloop included) that await what is made for ours: a SharedWait parks one of them as it does any task.

A loop of theirs gets a RunQueue with a doorbell that it watches as a descriptor, and each wait a Task of that queue, which
to wake is to set the result of a future. All of a queue but its bell belongs to the thread of its loop. CPython only.
"""

import asyncio
import os
from weakref import WeakKeyDictionary, ref

from .doorbell import Doorbell
from .shared_cpython import TURN
from .task import PENDING, RunQueue, Task
from .timers import Timer, TimerHeap
from .times import CLOCK_HZ

_queues = WeakKeyDictionary()  # asyncio's loop -> _Queue


_streak = 0  # as that of a RunQueue, of all these loops together


def awaited(wait, weight):
    """What asyncio iterates over to await `wait`, a SharedWait; `weight` as in `fair`, 0: it is no matter of that."""
    global _streak
    loop = asyncio._get_running_loop()
    if loop is None:
        raise RuntimeError("no loop is running here: await this in a task of twincore or of asyncio")
    _streak += weight
    turn = _streak > TURN
    if turn:
        _streak = weight
    return _await(wait, loop, turn)


def _await(wait, loop, turn):
    result = PENDING if turn else wait.attempt()
    while result is PENDING:
        queue = _queues.get(loop)
        if queue is None:
            queue = _queues[loop] = _Queue(loop)
        future = loop.create_future()
        task = _ForeignTask(queue, future)
        task.data = wait
        queue.waiting.add(task)
        try:
            wait.park(task)
            yield from future
        except BaseException:  # cancelled, perhaps after it was woken
            task.give_up()
            raise
        finally:
            queue.waiting.discard(task)
        result = wait.attempt()
    return result


def forked():
    """In the child of a fork: these tasks are the parent's. They step out of the lines that they stand in here."""
    for queue in list(_queues.values()):
        for task in list(queue.waiting):
            task.give_up()
        queue.bell.rung = True  # nobody is to write to a descriptor of the parent's
        queue.bell.forked()
    _queues.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forked)


class _Bell(Doorbell):
    """Rung from any context, a signal handler included; answered by asyncio's loop."""

    def __init__(self, loop):
        super().__init__()
        self.rung = False  # and not answered yet: one event is enough for many rings
        self._loop = None  # weak: what is kept for a loop must not keep it
        try:
            loop.add_reader(self.descriptor(), self._readable)
        except NotImplementedError:  # a loop without descriptors to watch, as Windows has
            self._loop = ref(loop)

    def ring(self, cell):
        self.pending.push(cell)
        if not self.rung:
            self.rung = True
            self.wake()

    def wake(self):
        """Have the loop answer."""
        if self._loop is None:
            self.signal()
            return
        loop = self._loop()
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.answer)

    def _readable(self):
        self.drain()
        self.answer()

    def __del__(self):  # and no sooner: a context that rings keeps the bell, and would write to what is closed
        self.close()

    def answer(self):
        self.rung = False  # first: who rings from here on is heard
        super().answer()


class _Timers(TimerHeap):
    """The timers of a queue, for the first of which the loop is asked to call."""

    def __init__(self, queue):
        super().__init__()
        self.queue = queue
        self.called_at = -1

    def push(self, timer, when):
        super().push(timer, when)
        self._call()

    def _call(self):
        due = self.due
        if due >= 0 and (self.called_at < 0 or due < self.called_at):
            self.called_at = due
            now = self.queue.clock.now()
            asyncio.get_running_loop().call_later(max(0, due - now) / CLOCK_HZ, self._fall_due, due)

    def _fall_due(self, due):
        if due == self.called_at:  # else an earlier call came, and has seen to the rest
            self.called_at = -1
            self.expire(self.queue.clock.now())
            self._call()


class _Queue(RunQueue):
    """What the tasks of one loop of asyncio look like to those who wake them."""

    def __init__(self, loop):
        super().__init__()
        self.waiting = set()
        self.timers = _Timers(self)
        self.bell = _Bell(loop)

    def wake(self, task):
        if task.slot >= 0:
            self.timers.remove(task)
        task.data = None
        if not task.future.done():
            task.future.set_result(None)

    def fail(self, task, exc):
        if not task.future.done():
            task.future.set_exception(exc)
        self.wake(task)

    def call_exception_handler(self, context):
        """As that of twincore's loop."""
        asyncio.get_running_loop().call_exception_handler(
            {key: value for key, value in context.items() if key != "future"}
        )


class _ForeignTask(Task):
    """A task of asyncio, for one wait."""

    def __init__(self, queue, future):
        Timer.__init__(self)
        self.queue = queue
        self.future = future
        self.coro = future  # it has not ended
        self.state = True
        self.data = None

    def give_up(self):
        """Cancelled: leave the line, or pass on what it was woken for."""
        wait = self.data
        if wait is not None:
            if self.slot >= 0:
                self.queue.timers.remove(self)
            self.data = None
            wait.unpark(self)
