"""The thread of an AsyncioWorker: it runs a loop of asyncio, and in it the calls that are posted, each as a task."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any, cast

from ..core.native import print_exception  # type: ignore[attr-defined]
from ..core.queue_errors import QueueClosed
from ..threadsafe.event import ThreadSafeEvent
from .asyncio_call_cpython import FarCancelled, PlainJob, where_task
from .job import Job, JobCancelled, WorkerClosed
from .start_cpython import where

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

# loops of the parent of a fork: their end would take out what the system watches for the parent
_inherited: list[Any] = []


class AsyncioThread:
    """Base of AsyncioWorker, which says who may make calls, and what becomes of them when it is closed.

    | method | who may call | blocks |
    |---|---|---|
    | `submit(job)`, `report()` | any thread | never |
    | `count()` | the loop's thread | never |
    """

    def __init__(self, name: str, factory: LoopFactory, debug: bool | None) -> None:
        self.name = name
        self._factory = factory
        self._debug = debug
        self._begin()
        self.gone: str | None = None  # why it takes no more calls, once it takes none

    def _begin(self) -> None:
        self._lock = threading.Lock()  # held for a few lines: who starts or shuts it, and what is posted meanwhile
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._calls: deque[Job[Any]] = deque()
        self._woken = False  # the loop is on its way to `_calls`
        # Job -> its task, None in an eager one's first step. The loop's thread, but for a look
        self._tasks: dict[Job[Any], asyncio.Task[None] | None] = {}
        self._called: PlainJob | None = None  # the PlainJob whose function runs
        self._ended = ThreadSafeEvent()
        self._stopping = self._gave_up = False
        self._done = self._failed = self.abandoned = 0

    def submit(self, job: Job[Any]) -> bool:
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

    def report(self, message: str, error: BaseException) -> None:
        """Print an `error` that has nobody to go to."""
        print(f"{self.name}: {message}", file=sys.stderr)
        print_exception(error, sys.stderr)

    def forked(self) -> None:
        """In the child of a fork, which has none of the parent's threads."""
        started, gone = self._loop is not None, self.gone
        if started:
            _inherited.append((self._loop, self._tasks))
        self._begin()
        if started and gone is None:
            self.gone = f"{self.name} has its thread in the process that this one was forked from"

    def _stuck(self) -> list[str]:
        stuck = []
        current = asyncio.current_task(self._loop)
        for job in self._running():
            task = self._tasks.get(job)
            at = where(self._ident()) if task is current or task is None else where_task(task)
            stuck.append(job.describe() + at)
        return stuck

    def _ident(self) -> int | None:
        return None if self._thread is None else self._thread.ident

    def _running(self) -> list[Job[Any]]:
        called = self._called
        return [*self._tasks] if called is None else [called, *self._tasks]

    def _post(self, fn: Callable[..., object], *args: Any) -> bool:
        try:
            cast("asyncio.AbstractEventLoop", self._loop).call_soon_threadsafe(fn, *args)
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

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
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

    def _begin_task(self, job: Job[Any]) -> None:
        self._tasks[job] = None  # first: a loop whose tasks are eager may be done with it at once
        try:
            context, loop = cast("Context", job.context), cast("asyncio.AbstractEventLoop", self._loop)
            task = context.run(loop.create_task, self._make(job))
        except BaseException as error:  # of a loop's own task factory
            self._finish(job, None, error)
            return
        if job in self._tasks:
            self._tasks[job] = task
            task.add_done_callback(lambda task: self._task_ended(task, job))

    def count(self, returned: bool) -> None:
        """A call has ended, and is about to say so."""
        self._done += returned
        self._failed += not returned

    async def _make(self, job: Job[Any]) -> None:
        result = error = None
        try:
            result = await job.func(*job.args, **job.kwargs)
        except GeneratorExit:  # raised by the function, or the task is destroyed, and must not go on
            raise
        except BaseException as failure:
            error = failure
        self._finish(job, result, error)

    def _task_ended(self, task: asyncio.Task[None], job: Job[Any]) -> None:
        if job in self._tasks:  # cancelled before its first step, or its function raised GeneratorExit
            self._finish(job, None, asyncio.CancelledError() if task.cancelled() else task.exception())

    def _finish(self, job: Job[Any], result: Any, error: BaseException | None) -> None:
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

    def _cancel(self, job: Job[Any]) -> None:
        task = self._tasks.get(job)
        if task is not None:
            task.cancel()
