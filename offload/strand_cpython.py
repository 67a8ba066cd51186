"""Strand: calls that are made one after another, in order, by whichever thread of a pool is free. CPython only.

For what must not be used by two threads at once, but need not stay on one: an open file. A thread is used only while a
call runs, so a thousand strands share the threads of one pool. A call takes one hop: the job itself is what the pool
queues, and as it ends its thread has the pool queue the next of the strand.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..core.queue_errors import QueueClosed
from ..threadsafe.parking import ParkedTask
from ..threadsafe.waitline_cpython import WaitLine
from .job import Job, WorkerClosed
from .worker import Pool

if TYPE_CHECKING:
    from .job import _OnCancel

T = TypeVar("T")

_NEW = 0  # a state of Job, which keeps the name to itself when compiled


class StrandJob(Job):  # type: ignore[type-arg]  # which takes none when the program runs
    """A Job that waits until those before it in its strand have ended.

    If its caller has gone when it ends, `undo(job)` is called, in the strand, unless a later call has been made there
    by then, or `options(dropped=...)` says what to do. No call that the caller makes once it has gone comes before that.
    """

    def __init__(self, strand: Strand, func: Callable[..., Any], args: tuple[Any, ...], undo: Any = None) -> None:
        Job.__init__(self, strand, func, args, {})
        self._undo = undo
        self._undone = [None]  # popped by whoever undoes it: one
        self._number = 0
        self._handed = False  # its thread will not undo it any more
        self.refused = False  # it is among those that found no room

    def park(self, task: Any) -> None:
        if self.state == _NEW:
            self.pool.wait_for_room(self, task)
        else:
            Job.park(self, task)

    def run(self, slot: Any = None) -> None:
        strand = self.pool
        strand.running = self
        if self._undo is not _LATE:
            strand.count += 1
        self._number = strand.count
        Job.run(self, slot)
        strand.running = None
        strand.next()

    def finish(self, result: Any, error: Any) -> None:
        # Before the bell: the loop would have it undone behind what its caller has asked for since. Either this thread
        # sees that it was cancelled, or who cancels it that it was handed over; or both.
        self.result = result
        self._handed = True
        if self.cancelled and error is None and self._is_to_be_undone():
            self.undo()
        Job.finish(self, result, error)

    def unpark(self, task: Any) -> bool:
        parked = bool(Job.unpark(self, task))
        self._have_undone()
        return parked

    def expire(self, task: Any) -> None:
        Job.expire(self, task)
        self._have_undone()

    def fail(self, error: Any) -> None:
        Job.fail(self, error)
        self.pool.abort(self, error)

    def report_late(self) -> None:
        if self.error is not None or self._undo is None:
            Job.report_late(self)
        else:
            self._submit_undo()

    def _have_undone(self) -> None:
        """Its task has gone."""
        if self.cancelled and self._handed and self.error is None:
            self._submit_undo()

    def _submit_undo(self) -> None:
        if self._is_to_be_undone():
            try:
                self.pool.submit(StrandJob(self.pool, self.undo, (), _LATE))
            except QueueClosed:
                pass

    def _is_to_be_undone(self) -> bool:
        if self._undo in (None, _LATE) or (self.limits is not None and self.limits.dropped is not None):
            return False
        try:
            self._undone.pop()
        except IndexError:
            return False
        return True

    def undo(self) -> None:
        """The pool's thread."""
        if self.pool.count == self._number:
            try:
                self._undo(self)
            except Exception as error:
                self.pool.report("What " + self.describe() + " did for nobody could not be undone", error)


class Refused(ParkedTask):
    """A task whose job found the queue of the pool full."""

    def __init__(self, task: Any, job: StrandJob, line: Any) -> None:
        self.job = job
        self.going_on = False
        ParkedTask.__init__(self, task, line)

    def try_now(self) -> None:
        self.going_on = True
        ParkedTask.try_now(self)

    def unpark(self, task: Any) -> bool:
        if not self.going_on:
            self.job.pool.let_go(self.job)
        return bool(ParkedTask.unpark(self, task))

    def expire(self, task: Any) -> None:
        self.job.expired = True
        self.unpark(task)
        task.queue.wake(task)


_LATE = object()  # in place of `undo`: this is what undoes another


class Strand:
    """Calls in order on the threads of `pool`.

    | method | who may call | blocks |
    |---|---|---|
    | `assign(func, args, undo)` | tasks of any loop | no; the awaiting task until the call returns |
    | `submit(job)`, `stuck()` | any context but a signal handler | never |
    | `next()` | the pool's threads | never |

    There is no limit to how many wait: each is awaited by a task. One that is cancelled before its turn is never called.
    While the pool's queue is full and none of the strand is in it, the first of these waits for room, the others for
    that one, so they keep their order.
    """

    def __init__(self, pool: Pool) -> None:
        if getattr(pool, "_remote", None) is not None:
            raise ValueError(pool.name + " makes its calls in other processes or interpreters; threads are needed here")
        self.pool = pool
        self.name = pool.name
        self.timeout = pool.timeout
        self.on_cancel = pool.on_cancel
        self.running: Any = None  # the job that a thread is at
        self.count = 0  # of calls that were made; the threads'
        self._plain = pool.timeout is None and pool.on_cancel == "abandon"
        self._line: deque[Any] = deque()
        self._busy = False  # a job is in the pool's queue, or runs
        self._refused: deque[Any] = deque()  # jobs for which there was no room; the first waits in `pool.putters`
        self._others = WaitLine()  # where the others wait to be the first
        self._lock = allocate_lock()  # guards `_line`, `_busy` and `_refused`; held for a few lines

    def assign(self, func: Callable[..., T], args: tuple[Any, ...] = (), undo: Any = None) -> Job[T]:
        """Awaitable: the result of `func(*args)`, called when those before it have ended. See StrandJob."""
        job = StrandJob(self, func, args, undo)
        return cast("Job[T]", job if self._plain else job.options())

    def stuck(self) -> bool:
        """Whether a call runs on that was abandoned by its caller."""
        job = self.running
        return job is not None and job.cancelled and not job.ended()

    def submit(self, job: Any) -> bool:
        """Queue `job`. False if the pool's queue is full; QueueClosed. Called by Job."""
        try:
            with self._lock:
                refused = self._refused
                if refused and refused[0] is not job:
                    return False
                if self._busy:
                    self._line.append(job)
                elif not self._submit(job):
                    return False
        except BaseException:
            if job.refused:
                self.let_go(job)
            raise
        if job.refused:
            self.let_go(job)
        return True

    def _submit(self, job: Any) -> bool:
        self._busy = True
        try:
            self._busy = self.pool.submit(job)
        except BaseException:
            self._busy = False
            raise
        return self._busy

    def wait_for_room(self, job: Any, task: Any) -> None:
        """Park `task`, whose job was refused. Its loop's thread."""
        with self._lock:
            if not job.refused:
                job.refused = True
                self._refused.append(job)
            first = self._refused[0] is job
        if job.limits is not None:
            job.limits.begin(job, task)
        parked = Refused(task, job, self.pool.putters if first else self._others)
        if self.pool.has_room() if first else self._refused[0] is job:
            parked.try_now()

    def let_go(self, job: Any) -> None:
        """`job` is queued, or its task waits no longer: who is the first of the others now?"""
        with self._lock:
            first = self._refused[0] is job
            self._refused.remove(job)
            job.refused = False
        if first and self._others.any():
            self._others.notify()

    def next(self) -> None:
        """A job has ended: on with those that wait."""
        while True:
            with self._lock:
                if not self._line:
                    self._busy = False
                    return
                job = self._line.popleft()
            if job.ended():
                continue  # withdrawn
            try:
                if self.pool.submit(job):
                    return
            except QueueClosed:  # what was let in before is done
                pass
            self.running = job
            self.count += 1
            job._number = self.count
            Job.run(job)
            self.running = None

    def abort(self, failed: Any, error: Any) -> None:
        """`failed` was given up by the pool, with `error`: nor will those that wait be made. Any thread."""
        with self._lock:
            line, self._line = self._line, deque()
            if self.running is not failed:
                self._busy = False
        for job in line:
            Job.fail(job, error)

    # For Job, which takes this for its pool.

    def refusal(self, job: Any) -> WorkerClosed:
        return self.pool.refusal(job)

    def note_abandoned(self) -> None:
        self.pool.note_abandoned()

    def check_options(self, on_cancel: _OnCancel, progress: Any) -> None:
        self.pool.check_options(on_cancel, progress)

    def afterwards(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.pool.afterwards(fn, args)

    def report(self, message: str, error: BaseException) -> None:
        self.pool.report(message, error)
