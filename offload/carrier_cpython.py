"""A pool's jobs at its executor: how each is handed over, what comes back, and what is said if the executor broke."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from typing import Any, cast

from .executor_kinds_cpython import Engine, resolve
from .job import Job, WorkerClosed
from .remote_call_cpython import THREAD, call_of, open_answer
from .worker import Pool


class JobLost(BrokenExecutor):
    """The process that ran the job, or was about to, has ended. Whether the function was called is not known."""


class Entry:
    """A job that is at the executor, or about to be."""

    __slots__ = ("engine", "future", "number", "since")

    def __init__(self, number: int) -> None:
        self.number = number  # by which its process is asked
        self.future: Future[Any] | None = None
        self.since = -1  # on the pool's clock; -1: it has no permit yet
        self.engine: Engine | None = None  # that has it


class Carrier:
    """Base of Remote, which says which job is next, and when."""

    def __init__(self, pool: Pool, executor: Any) -> None:
        self.pool = pool
        self.how, self._engine, self._make = resolve(executor)
        self._ending = False  # the program ends

    def kill(self) -> Engine | None:
        """End the processes that the pool has made, whatever they do. Returns the executor that had them. Any thread."""
        engine = self._engine
        if engine is None or not engine.made:
            return None
        engine.kill()
        return engine

    def _submit_call(self, job: Job[Any], entry: Entry) -> Future[Any]:
        call = call_of(job, self.how, entry.number)
        again = self._make is not None
        while True:
            engine = self._engine
            if engine is None:
                if self._ending:
                    raise WorkerClosed(f"{self.pool.name} ends with the program, before {job.describe()} could begin")
                engine = self._engine = cast("Callable[[int], Engine]", self._make)(self.pool.size)
            entry.engine = engine
            try:
                future = entry.future = engine.submit(*call)
                if self._ending:
                    self.kill()
                return future
            except BrokenExecutor as error:  # it broke before this job came
                lost = self._broken(job, error, engine)
                if not again:
                    raise lost from error
                again = False

    def _outcome(
        self, job: Job[Any], future: Future[Any], failure: BaseException | None, engine: Engine | None
    ) -> tuple[Any, BaseException | None]:
        """(result, error)"""
        try:
            if failure is None:
                return open_answer(job, self.how, future.result())
            if future.cancelled():
                return None, JobLost(job.describe() + " was cancelled in its executor")
            if isinstance(failure, BrokenExecutor) or type(failure).__name__ == "KilledWorker":
                lost = self._broken(job, failure, engine)
                lost.__cause__ = failure
                return None, lost
            if self.how != THREAD and isinstance(failure, CancelledError):
                return None, JobLost(f"{job.describe()} was cancelled in its executor: {failure}")
            return None, failure
        except BaseException as error:
            return None, error

    def _broken(self, job: Job[Any], error: BaseException, engine: Engine | None) -> JobLost:
        """The error for a `job` that went with its executor, which is forgotten if the pool can make another."""
        text = f"{job.describe()} was lost with its process"
        ends = "" if engine is None else engine.ends()
        text += f": one of {self.pool.name}'s {ends}" if ends else f": {error}"
        if isinstance(error, BrokenExecutor):
            if self._make is None:
                text += "; the executor was given to the pool: make a new one, and a pool for it"
            elif self._engine is engine:
                self._engine = None
        return JobLost(text)

    def _end_executor(self) -> None:
        engine = self._engine
        if engine is not None and engine.made:
            engine.close()
