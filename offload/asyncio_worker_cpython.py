"""AsyncioWorker: a thread with a loop of asyncio, or uvloop, so that tasks of twincore await what is made for that.

    async with offload.AsyncioWorker() as worker:
        page = await worker.run(fetch, url)             # await fetch(url), as a task of asyncio
        async with worker.iterate(rows, query) as rows:
            async for row in rows: ...

A call is a Job whose function is awaited there. One hop each way: the loop of asyncio is woken by its own
`call_soon_threadsafe`, the caller's by its doorbell. CPython only.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque

from ..core.context import running_loop
from ..core.errors import TimeoutError
from ..core.native import print_exception
from ..core.queue_errors import QueueClosed
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.parking import check_timeout
from . import fork_cpython
from .asyncio_call_cpython import AsyncioCall, AsyncioIteration, FarCancelled, PlainJob, check_function, where_task
from .job import Job, JobCancelled, WorkerClosed
from .pools import pool
from .start_cpython import where

_inherited = []  # loops of the parent of a fork: their end would take out what the system watches for the parent
_count = 0


class AsyncioWorker:
    """A thread that runs a loop of asyncio. It starts at the first call and does not keep the process alive.

    | method | who may call | blocks |
    |---|---|---|
    | `run(async_fn, *args, **kw)`, `call(fn, *args, **kw)` | tasks of any loop, asyncio's too | the awaiting task |
    | `iterate(source, *args, ahead=64)` | the same | the task that iterates, while there is no item |
    | `close(timeout)` | the same | the awaiting task, until the thread has ended |
    | `closed()`, `statistics()` | any thread | never |

    Calls begin in the order in which they are first awaited; there is no limit to how many run. They see a copy of the
    caller's context variables. What one raises, SystemExit included, is raised to its caller, and the loop goes on.
    `loop_factory` makes the loop, "uvloop": one of that; `debug`: asyncio's debug mode, None: as asyncio has it.

    If the loop ends otherwise than by `close`, as by its `stop()`, all callers get WorkerClosed, and so do later ones.
    So do callers in the child of a fork, if the thread had started.
    """

    timeout = None
    on_cancel = "signal"

    def __init__(self, name: str | None = None, loop_factory=None, debug: bool | None = None) -> None:
        global _count
        if loop_factory == "uvloop":
            try:
                from uvloop import new_event_loop as loop_factory
            except ImportError:
                raise RuntimeError("loop_factory='uvloop' needs uvloop: pip install uvloop") from None
        if not (loop_factory is None or callable(loop_factory)):
            raise TypeError(f"loop_factory is a function that makes a loop, or 'uvloop', not {loop_factory!r}")
        if name is None:
            _count += 1
            name = f"AsyncioWorker-{_count}"
        self.name = name
        self._factory = loop_factory or asyncio.new_event_loop
        self._debug = debug
        self._begin()
        self.gone = None  # why it takes no more calls, once it takes none
        fork_cpython.pools.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()  # held for a few lines: who starts or shuts it, and what is posted meanwhile
        self._loop = None
        self._thread = None
        self._calls = deque()
        self._woken = False  # the loop is on its way to `_calls`
        self._tasks = {}  # Job -> its task, None in an eager one's first step. The loop's thread, but for a look
        self._called = None  # the PlainJob whose function runs
        self._ended = ThreadSafeEvent()
        self._stopping = self._gave_up = False
        self._done = self._failed = self.abandoned = 0

    def run(self, async_fn, *args, **kwargs) -> AsyncioCall:
        """Awaitable: the result of `await async_fn(*args, **kwargs)`, as a task of the other loop.

        If the caller is cancelled so is that task, and the caller goes on when it has ended; `.options(...)` chooses
        otherwise, and sets a timeout. FarCancelled if it was cancelled there, not from here.
        """
        check_function(async_fn, "run")
        return AsyncioCall(self, Job(self, async_fn, args, kwargs))

    def call(self, fn, *args, **kwargs) -> AsyncioCall:
        """Awaitable: the result of `fn(*args, **kwargs)`, called by the other loop, which it must not block."""
        check_function(fn, "call")
        return AsyncioCall(self, PlainJob(self, fn, args, kwargs))

    def iterate(self, source, *args, ahead: int = 64) -> AsyncioIteration:
        """`async for` over an asynchronous iterable of the other loop, or what `source(*args)` gives.

        Up to `ahead` items wait for the task that iterates; then `source` waits for it. Its error is raised after
        the items that came before. `aclose()`, or the end of `async with`, closes it there.
        """
        return AsyncioIteration(self, source, args, ahead)

    def closed(self) -> bool:
        """Whether it takes no more calls."""
        return self.gone is not None

    def statistics(self) -> dict:
        """How many calls are "queued", "running", "done", "failed" (they raised), "abandoned" (left by their caller)."""
        return {
            "queued": len(self._calls), "running": len(self._running()), "done": self._done, "failed": self._failed,
            "abandoned": self.abandoned,
        }

    def close(self, timeout: float | None = None):
        """Take no more calls, at once, and cancel what runs; awaitable: until the loop and its thread have ended.

        Callers that still wait get WorkerClosed. asyncio's generators and default executor are shut down.
        After `timeout` seconds what has not ended is given up; TimeoutError names it, with where it is.
        """
        timeout = check_timeout(timeout)
        self._shut(f"{self.name} is closed")
        return self._closing(timeout)

    async def __aenter__(self) -> AsyncioWorker:
        return self

    async def __aexit__(self, exc_type, exc, tb) -> None:
        if not self._gave_up:  # by a `close` in the block, whose error this would hold back
            await self.close()

    def _shut(self, why: str) -> None:
        with self._lock:
            if self.gone is None:
                self.gone = why
            loop = self._loop
            first, self._stopping = not self._stopping, True
        if loop is not None and first:
            self._post(loop.stop)

    async def _closing(self, timeout) -> None:
        thread = self._thread
        if thread is None:
            return
        loop = running_loop()
        if loop is not None:
            loop.clock.hold()  # a virtual time stands while threads are at work
        try:
            await self._ended.wait(timeout)
        except TimeoutError:
            stuck = self._stuck()
            if self._ended.is_set():
                return
            self._gave_up = True
            gone = WorkerClosed(f"{self.name} was closed before this call could end")
            for job in [*self._running(), *self._calls]:
                job.fail(gone)
            text = ", ".join(stuck) or "its shutdown" + where(thread.ident)
            raise TimeoutError(f"{self.name} is still running {text} after {timeout} s") from None
        finally:
            if loop is not None:
                loop.clock.release()
        thread.join()  # it has only to return

    def _stuck(self) -> list[str]:
        stuck = []
        current = asyncio.current_task(self._loop)
        for job in self._running():
            task = self._tasks.get(job)
            at = where(self._thread.ident) if task is current or task is None else where_task(task)
            stuck.append(job.describe() + at)
        return stuck

    def _running(self) -> list[Job]:
        called = self._called
        return [*self._tasks] if called is None else [called, *self._tasks]

    # For Job and Options.

    def submit(self, job) -> bool:
        """Have the loop begin `job`; start it if need be. QueueClosed. Any thread."""
        if self.gone is not None:
            raise QueueClosed
        if self._thread is None:
            self._start()
        # Looked at again after the append: who ends the loop says so, then takes what is here.
        self._calls.append(job)
        if self.gone is not None and job.withdraw():
            raise QueueClosed
        if not self._woken:
            self._woken = True
            self._post(self._take)
        return True

    def refusal(self, job) -> WorkerClosed:
        """The error for `job`, which came too late."""
        return WorkerClosed(f"{self.gone}, it takes no more calls; make a new one for {job.describe()}")

    def check_options(self, on_cancel, progress) -> None:
        """Raise ValueError for what can't hold here."""
        if progress is not None:
            raise ValueError("progress is for functions that block; a task of asyncio can await a queue of threadsafe")

    def note_abandoned(self) -> None:
        """The caller of a job has gone while it ran."""
        with self._lock:
            self.abandoned += 1

    def afterwards(self, fn, args) -> None:
        """Call `fn(*args)`, which raises nothing, on the loop's thread; if that has ended, on one of `pool()`."""
        if not self._post(fn, *args):
            pool().afterwards(fn, args)

    def report(self, message, error) -> None:
        """Print an `error` that has nobody to go to."""
        print(f"{self.name}: {message}", file=sys.stderr)
        print_exception(error, sys.stderr)

    def cancel(self, job) -> None:
        """Cancel the task of `job`, which has begun. Any thread."""
        job.cancelled = True
        self._post(self._cancel, job)

    def forked(self) -> None:
        """In the child of a fork, which has none of the parent's threads."""
        started, gone = self._loop is not None, self.gone
        if started:
            _inherited.append((self._loop, self._tasks))
        self._begin()
        if started and gone is None:
            self.gone = f"{self.name} has its thread in the process that this one was forked from"

    def _post(self, fn, *args) -> bool:
        try:
            self._loop.call_soon_threadsafe(fn, *args)
        except RuntimeError:  # closed: whoever did that has seen to all who wait
            return False
        return True

    def _start(self) -> None:
        with self._lock:
            if self.gone is not None:
                raise QueueClosed
            if self._thread is not None:
                return
            loop = self._factory()
            try:
                if self._debug is not None:
                    loop.set_debug(self._debug)
                thread = threading.Thread(target=self._serve, args=(loop,), name=self.name, daemon=True)
                self._loop = loop
                thread.start()
            except BaseException:
                self._loop = None
                loop.close()
                raise
            self._thread = thread

    # The loop's thread.

    def _serve(self, loop) -> None:
        asyncio.set_event_loop(loop)
        how = "was stopped from inside"
        try:
            loop.run_forever()
        except BaseException as error:  # SystemExit and the like, of a callback
            how = f"was ended by {error!r}"
        with self._lock:
            self._stopping = True  # no other stop may come
            if self.gone is None:
                self.gone = f"{self.name} is gone: its loop {how}"
        for step in (self._cancel_all, loop.shutdown_asyncgens, loop.shutdown_default_executor):
            task = loop.create_task(step())
            while not task.done():
                try:
                    loop.run_until_complete(task)
                except BaseException as error:
                    if task.done() or not isinstance(error, RuntimeError):  # else it was stopped from inside, again
                        self.report("the loop's shutdown failed", error)
        asyncio.set_event_loop(None)
        try:
            loop.close()
        finally:
            self._fail_rest()
            self._ended.set()

    async def _cancel_all(self) -> None:
        self._take()  # what was posted before it was shut
        me = asyncio.current_task()
        while True:  # what is cancelled may have started others
            tasks = [task for task in asyncio.all_tasks() if task is not me]
            if not tasks:
                return
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _fail_rest(self) -> None:
        gone = WorkerClosed(f"{self.gone}, before this call could end")
        for job in list(self._tasks):
            self._finish(job, None, gone)
        while self._calls:
            self._calls.popleft().fail(gone)

    def _take(self) -> None:
        self._woken = False  # first: who puts one in from here on has the loop look again
        while self._calls:
            job = self._calls.popleft()
            if isinstance(job, PlainJob):
                self._called = job
                job.run()
                self._called = None
            elif job.claim():
                self._begin_task(job)

    def _begin_task(self, job) -> None:
        self._tasks[job] = None  # first: a loop whose tasks are eager may be done with it at once
        try:
            task = job.context.run(self._loop.create_task, self._make(job))
        except BaseException as error:  # of a loop's own task factory
            self._finish(job, None, error)
            return
        if job in self._tasks:
            self._tasks[job] = task
            task.add_done_callback(lambda task: self._task_ended(task, job))

    def count(self, returned) -> None:
        """A call has ended, and is about to say so."""
        self._done += returned
        self._failed += not returned

    async def _make(self, job) -> None:
        result = error = None
        try:
            result = await job.func(*job.args, **job.kwargs)
        except GeneratorExit:  # raised by the function, or the task is destroyed, and must not go on
            raise
        except BaseException as failure:
            error = failure
        self._finish(job, result, error)

    def _task_ended(self, task, job) -> None:
        if job in self._tasks:  # cancelled before its first step, or its function raised GeneratorExit
            self._finish(job, None, asyncio.CancelledError() if task.cancelled() else task.exception())

    def _finish(self, job, result, error) -> None:
        if job not in self._tasks:
            return
        del self._tasks[job]
        self.count(error is None)
        if isinstance(error, asyncio.CancelledError):  # is no error of the caller's loop, which it would end
            if job.cancelled:
                error = JobCancelled(job.describe() + " was cancelled by its caller")
            elif self._stopping:
                error = WorkerClosed(f"{self.gone}, before {job.describe()} could end")
            else:
                cause, error = error, FarCancelled(f"{job.describe()} was cancelled in its own loop: {error}")
                error.__cause__ = cause
        job.finish(result, error)

    def _cancel(self, job) -> None:
        task = self._tasks.get(job)
        if task is not None:
            task.cancel()
