"""Calls into a loop from outside: from any thread, signal handler or the other core, have its thread do something.

    call_soon_threadsafe(loop, fn, *args)           call fn(*args)
    create_task_threadsafe(loop, coro, name=None)   start a task, and leave it to itself
    run_coroutine_threadsafe(coro, loop)            start a task, to have its result

They may be called from any thread, signal handler, scheduled function, the other core, and tasks of any loop; not from
a hard ISR, since they allocate. They never block. What is asked for is done in the order in which it was asked for, at
the loop's next turn, on its thread; a loop that does not run yet does it when it runs.

On MicroPython the loop's thread says `open_for_calls(loop)` before others call; on CPython there is no need to. Use a
ThreadSafeQueue where the same kind of thing is said again and again: it is bounded, and allocates less.
"""

from ..core.errors import CancelledError, WrongContextError
from ..core.lazy import load
from ..core.native import MICROPYTHON, fence, ident
from ..core.shared import SharedWait
from ..core.step import runnable
from ..core.task import PENDING, Task
from . import parking
from .event import ReleasedTask
from .inbox import Call, LoopClosed, make_inbox
from .parking import check_timeout, wait_in_thread


class LoopStopped(RuntimeError):
    """The loop's run ended before the task did. If the loop runs again so does the task, and can be waited for again."""


def open_for_calls(loop):
    """Let other contexts call into `loop`. By the loop's thread, not by a function scheduled there.

    WrongContextError from elsewhere. To open it again does no harm.
    """
    if ident() != loop.thread:
        raise WrongContextError("open_for_calls() was called from another context than the thread that runs the loop")
    if loop.inbox is None:
        make_inbox(loop)


def call_soon_threadsafe(loop, fn, *args):
    """Have `loop` call `fn(*args)`, on CPython in a copy of the caller's context variables. Returns a Call, to cancel it.

    `fn` is no task and can't await, but may do what belongs to the loop's thread: start and cancel tasks, set an Event,
    stop the loop. What it raises goes to the loop's exception handler. LoopClosed if the loop is closed; if it is closed
    later, before the call, the exception handler is told.
    """
    if not callable(fn):
        raise TypeError("a function and its arguments are expected, not " + load("misuse", "describe")(fn))
    call = Call(loop, fn, args)
    call.inbox.push(call)
    return call


def create_task_threadsafe(loop, coro, name=None):
    """Have `loop` start `coro`, a coroutine or another awaitable, as a task. Returns a TaskHandle.

    An error that it ends with while nobody waits for the handle goes to the loop's exception handler.
    """
    return _start(loop, coro, name, True)


def run_coroutine_threadsafe(coro, loop):
    """The same, for who wants the result: an error stays in the TaskHandle, and is not reported. Arguments as asyncio's."""
    return _start(loop, coro, None, False)


def _start(loop, coro, name, report):
    if not runnable(coro) and (not hasattr(coro, "__await__") or isinstance(coro, (Task, type))):
        raise load("misuse", "not_a_coroutine")(coro)
    handle = TaskHandle(loop, coro, name, report)
    handle.inbox.push(handle)
    return handle


class TaskHandle(Call):
    """A task of another context's loop, or one that is to be: what a Task is to its own loop, this is to the others.

    | method | who may call | blocks |
    |---|---|---|
    | `result(timeout=None)`, `exception(timeout=None)` | threads, a core without a loop | the thread; TimeoutError |
    | `await handle` | tasks of any loop | the task |
    | `cancel()` | any context but a hard ISR | never |
    | `done()`, `cancelled()` | any context | never |

    All who wait are woken when the task ends. A wait that is cancelled or times out leaves the task alone. If the loop
    is closed, a task that has started ends as others do, cancelled; one that has not fails with LoopClosed. While the
    loop is stopped, waiting for a task that has started raises LoopStopped; one that has not is waited for.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, loop, coro, name, report):
        Call.__init__(self, loop, coro, None)
        self.name = name
        self.report = report
        self.line = parking.WaitLine()
        self.task = None  # once it has started
        self._outcome = None  # in the end StopIteration(result) or its exception; see Task.data

    def result(self, timeout=None):
        """What the coroutine returned; raises what it raised, CancelledError if it was cancelled.

        Blocks the calling thread until it has ended; TimeoutError after `timeout` seconds, LoopClosed, LoopStopped.
        WrongContextError if the calling thread runs a loop, or is to run this task: use `await handle`.
        """
        return _value(self._wait(timeout))

    def exception(self, timeout=None):
        """What it raised, CancelledError and LoopClosed too; None if it returned. Waits as `result` does."""
        outcome = self._wait(timeout)
        return None if isinstance(outcome, StopIteration) else outcome

    def done(self):
        """True once it has ended, in whatever way."""
        return self._outcome is not None

    def cancelled(self):
        """True if it ended with a CancelledError."""
        return isinstance(self._outcome, CancelledError)

    def cancel(self):
        """Cancel it: at once if the loop has not come to it yet, else its task, at the loop's next turn.

        Returns False if it has ended already. Its `finally` blocks run: it is done when they have.
        """
        if self.claim():
            self._end_unstarted(CancelledError())
        elif self.done():
            return False
        else:
            try:
                call_soon_threadsafe(self.loop, self._cancel_task)
            except LoopClosed:
                pass  # which cancels it
        return True

    def stopped(self):
        """True if it has started and its loop does not run."""
        return self.task is not None and not self.loop.running

    def outcome(self):
        """How it ended, PENDING if it has not. Raises LoopStopped."""
        if self._outcome is None:
            if self.stopped() and self._outcome is None:  # it may just have ended
                raise LoopStopped("the loop was stopped before this task ended")
            return PENDING
        return self._outcome

    def _wait(self, timeout):
        timeout = check_timeout(timeout)
        outcome = self.outcome()
        if outcome is not PENDING:
            return outcome
        if ident() == self.loop.thread:
            raise WrongContextError("this would block the thread that is to run the task; use `await handle`")
        return wait_in_thread(self.line, self.outcome, timeout, "use `await handle`")

    def __await__(self):
        return _Ended(self).__await__()

    __iter__ = __await__

    def _end(self, outcome):
        self._outcome = outcome
        self.fn = None
        if MICROPYTHON:
            fence()  # before the look at the line: who joins it looks at the outcome after that
        if self.line.any():
            self.line.notify_all()

    def _end_unstarted(self, error):
        if hasattr(self.fn, "close"):
            self.fn.close()  # or it would be said that it was never awaited
        self._end(error)

    def drop(self):
        self._end_unstarted(LoopClosed("the loop was closed before it started this task"))

    # The loop's thread.

    def run(self):
        self.task = self.loop.create_task(self.fn, self.name, self.context)
        self.inbox.started[self] = True
        self.task.add_waiter(self)

    def child_done(self, task):
        self.inbox.started.pop(self)
        if not self.report or self.line.any():
            task.state = False  # its error counts as seen
        self._end(task.data)

    def _cancel_task(self):
        if self.task.coro is not None:
            self.task.cancel()


class _Ended(SharedWait):
    """`await handle`."""

    def __init__(self, handle):
        self.handle = handle

    def attempt(self):
        outcome = self.handle.outcome()
        return PENDING if outcome is PENDING else _value(outcome)

    def park(self, task):
        handle = self.handle
        if handle.task is task:
            raise RuntimeError("a task can't await itself")
        parked = ReleasedTask(task, handle.line)
        if handle.done() or handle.stopped():
            parked.try_now()


def _value(outcome):
    if isinstance(outcome, StopIteration):
        return outcome.value
    raise outcome
