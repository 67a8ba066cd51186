"""The loop: runs one scheduler's tasks, a pass at a time.

A pass: with no task ready, sleep until the next timer, stream or ring; answer the doorbell if it rang, make tasks whose
timer is due ready; then run each task that is ready at that point once, in order.
All methods belong to the thread that runs the loop.
"""

import sys

from . import doorbell
from .closing import end_tasks
from .errors import CancelledError, describe, print_exception
from .native import MICROPYTHON, resume
from .task import RunQueue, Task, Wait

REBASE = 1 << 29  # ms; MicroPython's times are kept about below this, small integers on 32 bits
LONGEST = 1 << 28  # clock units in one sleep: 3 days on MicroPython, before its ticks wrap; 4 minutes on CPython


class Loop(RunQueue):
    """One scheduler: the tasks of one thread or core. `get_event_loop()` gives the current thread's.

    `clock` is the system's unless another is given, such as a VirtualClock.
    """

    def __init__(self, clock=None):
        RunQueue.__init__(self)
        if clock is not None:
            self.clock = clock
        self.bell = doorbell.Doorbell()
        self.io = None  # an IOQueue once a task waits for a stream
        self.running = False
        self.stopping = False
        self.passes = 0  # so far, of 30 bits: if it and `current` stay the same, a task blocks the loop
        self._handler = None

    def create_task(self, coro):
        """Start `coro`, a coroutine or another awaitable: it first runs after those ready now. Returns its Task.

        Legal before the loop runs. TypeError if it can't be awaited, WrongContextError from another context.
        """
        self.check_context("create_task()", "a threadsafe.ThreadSafeQueue of work that a task of this loop gets")
        if not hasattr(coro, "send"):
            if not hasattr(coro, "__await__") or isinstance(coro, (Task, type)):
                raise TypeError("coroutine expected, not " + _hint(coro))
            coro = _awaiting(coro)
        task = Task(coro, self)
        self.ready.reserve(1)
        self.ready.push(task)
        return task

    def run_forever(self):
        """Run until `stop()` is called. The tasks that are left go on at the next run."""
        self._run()

    def run_until_complete(self, main):
        """Run until the task or coroutine `main` ends; return its result or raise its exception.

        Other tasks that have not ended stay, and go on at the next run.
        """
        if not isinstance(main, Task):
            main = self.create_task(main)
        if main.coro is not None:
            main.add_waiter(_MAIN)
            try:
                self._run()
            finally:
                if main.coro is not None:  # or its end would end a later run
                    main.unpark(_MAIN)
        if main.coro is not None:
            raise RuntimeError("the loop was stopped before its main task ended")
        main.state = False
        outcome = main.data
        if isinstance(outcome, StopIteration):
            return outcome.value
        raise outcome

    def stop(self):
        """End `run_forever` or `run_until_complete` when the running task next yields."""
        self.check_context("Loop.stop()", "a threadsafe.ThreadSafeEvent that a task waits for and then stops the loop")
        self.stopping = True

    def close(self):
        """Cancel all tasks and forget them: their `finally` blocks run, and may await, for a second at the most."""
        if self.running:
            raise RuntimeError("a running loop can't be closed: stop it first, or let its main task end")
        self.check_context("Loop.close()", "new_event_loop() on that thread")
        end_tasks(self)
        while len(self.ready):
            self.ready.pop()
        if self.io is not None:
            self.io.close()
            self.io = None
        self.bell.close()

    def set_exception_handler(self, handler):
        """Have `handler(loop, context)` called for a task's exception that nobody awaited; None: the default."""
        self._handler = handler

    def get_exception_handler(self):
        """The handler set, or None."""
        return self._handler

    def default_exception_handler(self, loop, context):
        """Print the message, the task and the traceback to stderr."""
        print(context["message"], file=sys.stderr)
        print("future:", context["future"], file=sys.stderr)
        print_exception(context["exception"])

    def call_exception_handler(self, context):
        """Report `context`, a dict with `message`, `exception` and `future`."""
        (self._handler or self.default_exception_handler)(self, context)

    def queue_read(self, stream):
        """Awaitable: until `stream` (a descriptor, a socket, on MicroPython any stream) can be read."""
        return self._io().queue_read(stream)

    def queue_write(self, stream):
        """Awaitable: until `stream` can be written."""
        return self._io().queue_write(stream)

    def _io(self):
        if self.io is None:
            from .io_queue import IOQueue

            self.io = IOQueue(self.bell)
        return self.io

    def cancel_current(self):
        self.create_task(_cancel(self.current))

    def _run(self):
        self.check_context("run()", "a loop of that thread's own: new_event_loop() there")
        if self.running:
            raise RuntimeError("this loop is running already: use await or create_task instead of run")
        self.running = True
        self.stopping = False
        try:
            while not self.stopping:
                self._pass(self._collect())
            self.report_ended()
        finally:
            self.running = False
            self.current = None

    def turn(self):
        """One pass. For who runs a loop by hand, as closing it does."""
        self._pass(self._collect())

    def _collect(self):
        """Sleep if nothing is ready; make ready what streams, the bell and timers say. Returns how many tasks are."""
        self.passes = (self.passes + 1) & 0x3FFFFFFF
        ready = self.ready
        if len(ready) == 0 and not self.stopping:
            self._idle()
        elif self.io is not None and self.io.watching:
            self.io.sleep(0)
        self.bell.answer()
        timers = self.timers
        heap = timers.heap
        if heap:
            now = self.clock.now()
            while heap:
                first = heap[0]
                if first.when > now:
                    break
                timers.remove(first)
                first.expire()
            if MICROPYTHON and (now > REBASE or timers.arrivals > REBASE):
                self.clock.rebase(now)
                timers.rebase(now)
        return len(ready)

    def _idle(self):
        """Sleep until the first timer is due, or a stream or the bell has something to say."""
        heap = self.timers.heap
        clock = self.clock
        timeout = -1
        if heap:
            first = heap[0]
            timeout = first.when - clock.now()
            if timeout < 0:
                timeout = 0
            elif timeout > LONGEST:
                timeout = LONGEST
        if clock.jumps:
            clock.sleep(self, timeout)
        else:
            self.sleep_for(timeout)

    def sleep_for(self, timeout):
        """Sleep until a stream or the bell has something to say, for at most `timeout` clock units (-1: no limit)."""
        if self.io is not None and self.io.watching:
            self.io.sleep(timeout)
        elif timeout:
            self.bell.sleep(timeout)

    def _pass(self, count):
        """Run each of the `count` tasks at the head of the ready ring once."""
        ready = self.ready
        while count:
            count -= 1
            task = ready.pop()
            coro = task.coro
            if coro is None:
                self._report(task)
                continue
            self.current = task
            try:
                if task.data is None:
                    got = resume(coro)
                else:
                    exc = task.data
                    task.data = None
                    got = coro.throw(exc) if isinstance(exc, BaseException) else resume(coro)
            except StopIteration as outcome:
                outcome.__traceback__ = None  # it would keep this frame
                self.finish(task, outcome)
            except (Exception, CancelledError) as outcome:
                self.finish(task, outcome)
            except BaseException:
                self._leave(task)
                raise
            else:
                if got is None:
                    ready.push(task)
                else:
                    self._park(task, got)
            if self.stopping:
                break
        self.current = None

    def _park(self, task, got):
        """`task` yielded `got`: let it wait there."""
        if isinstance(got, StopIteration):  # the compiled `resume` returns it: the coroutine has ended
            self.finish(task, got)
            return
        task.data = got
        try:
            if isinstance(got, Wait):
                wait = got
                wait.park(task)
            elif isinstance(got, Task):
                other = got
                other.park(task)
            else:
                raise RuntimeError(
                    "a task can wait only for what twincore makes, not for " + _hint(got)
                    + "; a blocking function goes through offload.unblock"
                )
        except Exception as exc:
            task.data = exc
            self.ready.push(task)

    def _leave(self, task):
        """KeyboardInterrupt, SystemExit and the like end the task and the run; the other tasks stay as they are.

        The exception is for the caller of run. To those who await the task it was cancelled: the exception raised
        again would end the next run, too.
        """
        self.current = None
        self.finish(task, CancelledError())

    def _report(self, task):
        """A task that failed came round again: if still nobody awaits it, say so."""
        self.ready.reserve(-1)
        if task.state is None:
            self.call_exception_handler(
                {"message": "Task exception wasn't retrieved", "exception": task.data, "future": task}
            )

    def report_ended(self):
        """The run is over, and there may be no other: do not keep for it what failed in the last pass."""
        ready = self.ready
        count = len(ready)
        while count:
            count -= 1
            task = ready.pop()
            if task.coro is None:
                self._report(task)
            else:
                ready.push(task)


class _Main:
    """Awaits the main task on behalf of whoever called run: ends the run."""

    def child_done(self, task):
        task.queue.stopping = True


_MAIN = _Main()


async def _cancel(task):
    task.cancel()


async def _awaiting(awaitable):
    return await awaitable


def _hint(obj):
    """What `obj` is and what was probably meant."""
    text = describe(obj)
    if callable(obj):
        text += ": call it, as in " + describe(obj) + "()"
    return text
