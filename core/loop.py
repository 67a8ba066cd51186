"""The loop: runs one scheduler's tasks, a pass at a time.

A pass: with no task ready, sleep until the next timer, stream or ring; answer the doorbell if it rang, make tasks whose
timer is due ready; then let each task that is ready take a step, those just woken first, the others in turn. A policy
(policy.py) may order it otherwise.
All methods belong to the thread that runs the loop. Those marked `seldom` are not in a board's memory until one of them
is called; see desktop.for_board.
"""

import sys

from . import doorbell
from .errors import CancelledError
from .lazy import load
from .native import COMPILED, MICROPYTHON, print_exception
from .task import RunQueue, Task, Wait

if MICROPYTHON:  # what `step` has for it, without that module
    resume = next
else:
    from .asyncgens_cpython import AsyncGens
    from .coroutines import coroutine_of
    from .interrupt_cpython import Interrupts
    from .parker_cpython import let_go
    from .step import Contexts, resume, runnable, throw

_REBASE = 1 << 29  # ms; MicroPython's times are kept about below this, small integers on 32 bits
_LONGEST = 1 << 28  # clock units in one sleep: 3 days on MicroPython, before its ticks wrap; 4 minutes on CPython


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
        self.closed = False  # and has not run since; written here, read by any context
        self.inbox = None  # the calls of other contexts, see threadsafe.inbox: told of the end of a run, and of a close
        self._handler = None
        if not MICROPYTHON:
            self.passes = 0  # so far, of 30 bits: if it and `current` stay the same, a task blocks the loop
            self.contexts = Contexts()
            self.asyncgens = AsyncGens(self)
            self.interrupts = Interrupts(self)

    def create_task(self, coro, name=None, context=None):
        """Start `coro`, a coroutine or another awaitable: it first runs after those ready now. Returns its Task.

        Legal before the loop runs. On CPython it runs in `context`, by default a copy of the caller's context variables.
        TypeError if it can't be awaited, WrongContextError from another context.
        """
        self.check_context("create_task()")
        if not (hasattr(coro, "send") if MICROPYTHON else runnable(coro)):
            coro = (load("coroutines", "coroutine_of") if MICROPYTHON else coroutine_of)(coro)
        if not MICROPYTHON:
            coro = self.contexts.own(coro, context)
        if COMPILED:
            task = Task.__new__(Task)
            task.begin(coro, self)
        else:
            task = Task(coro, self)
            self.ready.reserve(1)
        if name is not None:
            task.name = str(name)
        self.ready.push(task)
        return task

    def run_forever(self):  # seldom
        """Run until `stop()` is called. The tasks that are left go on at the next run."""
        self._run()

    def run_until_complete(self, main):
        """Run until the task or coroutine `main` ends; return its result or raise its exception.

        Other tasks that have not ended stay, and go on at the next run.
        """
        if not isinstance(main, Task):
            main = self.create_task(main)
        if main.coro is not None:
            main.add_waiter(self)
            try:
                self._run()
            finally:
                if main.coro is not None:  # or its end would end a later run
                    main.unpark(self)
        if main.coro is not None:
            raise load("misuse", "ended_early")(self)
        main.state = False
        outcome = main.data
        if isinstance(outcome, StopIteration):
            return outcome.value
        raise outcome

    def child_done(self, task):
        """The main task has ended, for which whoever called run waits."""
        task.state = False
        self.stopping = True

    def stop(self):
        """End `run_forever` or `run_until_complete` when the running task next yields."""
        self.check_context("Loop.stop()")
        self.stopping = True

    def close(self, grace=1):  # seldom
        """Cancel all tasks and forget them: their `finally` blocks run, and may await, for `grace` seconds at the most.

        None: until they have ended. Those of asynchronous generators that were left before their end run, too.
        """
        if self.running:
            raise RuntimeError("a running loop can't be closed: stop it first, or let its main task end")
        self.check_context("Loop.close()")
        self.closed = True
        if self.inbox is not None:
            self.inbox.close()
        load("closing", "end_tasks")(self, grace)
        while len(self.ready):
            self.ready.pop()
        if self.io is not None:
            self.io.close()
            self.io = None
        self.bell.close()

    def set_exception_handler(self, handler):  # seldom
        """Have `handler(loop, context)` called for a task's exception that nobody awaited; None: the default."""
        self._handler = handler

    def get_exception_handler(self):  # seldom
        """The handler set, or None."""
        return self._handler

    def default_exception_handler(self, loop, context):
        """Print the message, the task and the traceback to stderr."""
        print(context["message"], file=sys.stderr)
        print("future:", context["future"], file=sys.stderr)
        print_exception(context["exception"], sys.stderr)

    def call_exception_handler(self, context):
        """Report `context`, a dict with `message`, `exception` and `future`."""
        (self._handler or self.default_exception_handler)(self, context)

    def queue_read(self, stream):  # seldom
        """Awaitable: until `stream` (a descriptor, a socket, what has MicroPython's `ioctl`) can be read."""
        return self.streams().queue_read(stream)

    def queue_write(self, stream):  # seldom
        """Awaitable: until `stream` can be written."""
        return self.streams().queue_write(stream)

    def streams(self):  # seldom
        """The IOQueue of this loop."""
        if self.io is None:
            self.io = load("io_queue", "IOQueue")(self.bell)
        return self.io

    def cancel_current(self):  # seldom
        self.create_task(load("coroutines", "cancel")(self.current))

    def _run(self):
        self.check_context("run()")
        if self.running:
            raise load("misuse", "runs_already")()
        self.closed = False
        self.begin()
        try:
            while not self.stopping:
                if MICROPYTHON:
                    self.run_ready(self.ready, 0, True)
                else:
                    self.turn()
            self.report_ended()
        finally:
            self.end()

    def begin(self):
        """Before the first `turn` of who runs it by hand, as closing it does."""
        if not MICROPYTHON:
            self.interrupts.enter()
        self.running = True
        self.stopping = False
        if not MICROPYTHON:
            self.contexts.enter()
            self.asyncgens.enter()

    def end(self):
        """After the last."""
        if not MICROPYTHON:
            let_go()
            self.asyncgens.leave()
            self.contexts.leave()
        self.running = False
        self.current = None
        if self.inbox is not None:
            self.inbox.run_ended()
        if not MICROPYTHON:
            self.interrupts.leave()

    def turn(self):
        """One pass."""
        if self.policy is None:
            self.run_ready(self.ready, self.gather())
        else:
            self.run_ready(self.policy.choose(), self.policy.count)

    def gather(self):
        """`collect`, round robin. Returns how many tasks are to take a step in this pass."""
        ready = self.ready
        count = len(ready)
        if count == 0:
            self.collect(True)
            count = len(ready)
        elif self.collect(False):
            woken = len(ready) - count
            if woken:  # the others have had a turn since it happened
                ready.rotate(woken)
                count += woken
        return count

    def collect(self, idle):
        """Make ready what streams, the bell and timers say; if `idle`, as nothing is ready, sleep until they do.

        Returns False if there was nothing.
        """
        woken = idle
        bell = self.bell
        timers = self.timers
        if idle and not self.stopping:
            self._idle()
        elif self.io is not None and self.io.watching:
            self.io.sleep(0)
            woken = True
        if not MICROPYTHON:
            self.passes = (self.passes + 1) & 0x3FFFFFFF
            if idle:
                let_go()  # whom it has not let go as it slept: it did not sleep, or not in a Parker
            if idle or self.passes & 63 == 0:  # seldom enough to cost nothing; see task_list
                self.seen = self.clock.now()
        if bell.pending:
            bell.answer()
            woken = True
        if timers.due >= 0:
            now = self.clock.now()
            self.seen = now
            if timers.due <= now:
                # What a task started before it slept runs before it wakes, however long that takes: a sleep begun in
                # the last pass ends in the next, for in this one what is woken goes first.
                timers.expire(now, idle or self.policy is not None)
                woken = True
            if MICROPYTHON and (now > _REBASE or timers.arrivals > _REBASE):
                self.clock.rebase(now)
                timers.rebase(now)
            timers.settled = timers.arrivals
        return woken

    def _idle(self):
        """Sleep until the first timer is due, or a stream or the bell has something to say."""
        clock = self.clock
        timeout = self.timers.due
        if timeout >= 0:
            timeout -= clock.now()
            if timeout < 0:
                timeout = 0
        if clock.jumps:
            clock.sleep(self, timeout)
        else:
            self.sleep_for(timeout if timeout < _LONGEST else _LONGEST)

    def sleep_for(self, timeout):
        """Sleep until a stream or the bell has something to say, for at most `timeout` clock units (-1: no limit)."""
        if self.io is not None and self.io.watching:
            self.io.sleep(timeout)
        elif timeout:
            self.bell.sleep(timeout)

    def run_ready(self, ring, count, on=False):
        """Let each of the `count` tasks at the head of `ring`, `ready` or a policy's, take a step.

        `on`: then go on, a pass after the other, until the loop stops. On a board each call of this takes memory for
        its frame, between what woke a task and the task.
        """
        ready = self.ready
        board = MICROPYTHON
        if board:  # local names, which are found sooner
            is_a = isinstance
            error = BaseException
            length = len
        while True:
            while count:
                count -= 1
                task = ring.pop()
                coro = task.coro
                if coro is None:
                    self._report(task)
                    continue
                self.current = task
                try:
                    exc = task.data
                    if exc is None:
                        got = resume(coro)
                    else:
                        task.data = None
                        if not (is_a(exc, error) if board else isinstance(exc, BaseException)):
                            got = resume(coro)
                        elif board:
                            got = coro.throw(exc)
                        else:
                            got = throw(coro, exc)
                except StopIteration as outcome:
                    outcome.__traceback__ = None  # it would keep this frame
                    self.finish(task, outcome)
                except (Exception, CancelledError) as outcome:
                    self.finish(task, outcome)
                except BaseException:
                    self._leave(task)
                    raise
                else:  # where a Ctrl-C leaves the task as it is
                    if got is None:
                        if task.data is None:  # or it was parked by hand, as upstream's primitives do
                            ready.push(task)
                    else:
                        try:  # here, and not in `park`: that is to be short of room
                            self.park(task, got)
                        except Exception as outcome:
                            task.data = outcome
                            ready.push(task)
                if self.stopping:
                    break
            self.current = None
            if not on or self.stopping:
                break
            task = coro = got = exc = None  # not to be kept while nothing happens
            policy = self.policy
            if policy is not None:
                ring = policy.choose()
                count = policy.count
            elif length(ready):
                count = self.gather()
            else:
                self.collect(True)
                count = length(ready)

    def park(self, task, got):
        """`task` yielded `got`: let it wait there. What this raises is raised in the task."""
        if isinstance(got, StopIteration):  # the compiled `resume` returns it: the coroutine has ended
            self.finish(task, got)
            return
        task.data = got
        if not MICROPYTHON:
            task.since = self.seen
        if isinstance(got, Wait):
            wait = got
            wait.park(task)
        elif isinstance(got, Task):
            other = got
            other.park(task)
        else:
            raise load("misuse", "not_waitable")(got)

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

