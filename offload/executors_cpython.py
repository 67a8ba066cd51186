"""Beyond a thread: a pool whose calls are made by an executor, in processes, interpreters or on a cluster.

    pool = Pool(4, executor="process")

At most `size` jobs are at the executor at a time; the others wait in the pool's line, where they can be withdrawn. One
thread, the feeder, carries them over, since pickling, starting a process and reaching a cluster take their time.
"""

from __future__ import annotations

import threading
from concurrent.futures import BrokenExecutor, CancelledError

from ..core.deadline import wait_for
from ..core.errors import TimeoutError
from ..core.queue_errors import QueueClosed
from ..core.task import PENDING
from ..core.times import CLOCK_HZ
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.parking import wait_in_thread
from . import fork_cpython
from .executor_kinds_cpython import living, resolve
from .job import WorkerClosed
from .remote_call_cpython import THREAD, RemoteError, call_of, open_answer  # noqa: F401


class JobLost(BrokenExecutor):
    """The process that ran the job, or was about to, has ended. Whether the function was called is not known."""


class Remote:
    """What a pool with an executor hands its jobs to. See Pool.

    `executor`: a concurrent.futures.Executor or a dask.distributed.Client, which stays its owner's to close; or one of
    executor_kinds_cpython.WORDS, which the pool then makes when it is first needed, makes anew when it broke, and closes.

    | method | who may call | blocks |
    |---|---|---|
    | `submit(job)` | any thread | never |
    | `close(timeout)` | tasks, after the pool was shut | the awaiting task |
    | `statistics()`, `stuck()`, `check_options()` | any thread | never |
    """

    def __init__(self, pool, executor) -> None:
        self.pool = pool
        self.how, self._engine, self._make = resolve(executor)
        self._running = {}  # job -> [its future or None, since when, the engine]
        self._lock = threading.Lock()  # guards what is counted and who feeds; held for a few lines
        self._feeding = False
        self._lost = False  # given by the parent of a fork
        self._given_up = False
        self._done = self._failed = self._longest = 0
        self._parents = None
        self.ended = ThreadSafeEvent()
        self.check_options(pool.on_cancel, None)
        fork_cpython.pools.add(self)
        living.add(self)

    def submit(self, job) -> bool:
        """Put `job` in the pool's line. False if that is full; QueueClosed."""
        jobs = self.pool.jobs
        if self._lost:
            raise QueueClosed
        if not jobs.put(job):
            if jobs.closed:
                raise QueueClosed
            return False
        if not self._feeding:
            self._start()
        elif len(self._running) < self.pool.size and self.pool.idle.any():
            self.pool.idle.notify()
        return True

    def statistics(self) -> dict:
        """See Pool.statistics. At the executor is "running"."""
        with self._lock:
            now = self.pool.clock.now()
            took = [now - entry[1] for entry in self._running.values()]
            longest = max([self._longest, *took])
            return {
                "running": len(took), "done": self._done, "failed": self._failed, "longest": longest / CLOCK_HZ,
            }

    def stuck(self) -> list:
        """The jobs that are at the executor."""
        with self._lock:
            return list(self._running)

    def check_options(self, on_cancel, progress) -> None:
        """Raise ValueError for what needs the caller's own process."""
        if self.how == THREAD:
            return
        what = "on_cancel='signal'" if on_cancel == "signal" else "progress" if progress is not None else None
        if what:
            raise ValueError(
                what + " can't reach a function in another process; with this executor on_cancel is 'abandon' or 'wait'"
            )

    async def close(self, timeout) -> None:
        """Wait for what is queued and runs, then end the executor if the pool made it. See Pool.close."""
        pool = self.pool
        if not self._feeding:
            if self._engine is None or self._make is None:
                return
            self._start()  # to close the executor
        try:
            await wait_for(self.ended.wait(), timeout)
        except TimeoutError:
            pool._withdraw_queued()
            stuck = self._give_up()
            if stuck:
                raise TimeoutError(f"{pool.name} is still running {', '.join(stuck)} after {timeout} s") from None

    def _give_up(self) -> list:
        self._given_up = True
        with self._lock:
            running = [(job, *entry) for job, entry in self._running.items()]
        stuck = []
        for job, future, _, engine in running:
            if not job.ended() or job.cancelled:
                killed = engine is not None and engine.made and engine.processes
                stuck.append(job.describe() + (" in a process, which is killed" if killed else ""))
            job.fail(WorkerClosed(self.pool.name + " was closed before this job could end"))
            if future is not None:
                future.cancel()
        self.kill()
        return stuck

    def kill(self) -> None:
        """End the processes that the pool has made, whatever they do. Any thread."""
        engine = self._engine
        if engine is not None and engine.made:
            engine.kill()

    def forked(self) -> None:
        """In the child of a fork: the executor, with its threads and pipes, is the parent's."""
        pool = self.pool
        self._parents = self._engine  # kept: one that goes would write to shared pipes
        self._running = {}
        self._lock = threading.Lock()
        self._feeding = False
        self.ended = ThreadSafeEvent()
        if self._make is None:
            self._lost = True
            pool.gone = pool.name + " has its executor in the process that this one was forked from; make a new one for "
        else:
            self._engine = None

    # The feeder.

    def _start(self) -> None:
        with self._lock:
            if self._feeding:
                return
            self._feeding = True
        try:
            threading.Thread(target=self._feed, name=self.pool.name + " feeder", daemon=True).start()
        except BaseException:
            self._feeding = False
            raise

    def _feed(self) -> None:
        pool = self.pool
        no_task = "the feeder runs no loop"
        while True:
            try:
                job = wait_in_thread(pool.idle, self._next, pool.idle_time, no_task)
            except TimeoutError:
                if self._running or pool.closed():
                    continue
                self._feeding = False  # before the last look: who puts a job in looks at this after that
                if len(pool.jobs) or pool.closed():
                    self._start()
                return
            except QueueClosed:
                break
            if pool.putters.any():
                pool.putters.notify()
            self._carry(job)
            job = None
        wait_in_thread(pool.idle, lambda: PENDING if self._running else True, None, no_task)
        try:
            self._end_executor()
        except Exception as error:
            pool.report("Its executor could not be closed", error)
        self.ended.set()

    def _next(self):
        """A job, PENDING while enough are at the executor, or QueueClosed."""
        if len(self._running) >= self.pool.size:
            return PENDING
        return self.pool.look()

    def _carry(self, job) -> None:
        """Take `job` to the executor."""
        entry = [None, self.pool.clock.now(), None]
        with self._lock:
            self._running[job] = entry
        limiter = self.pool.limiter
        if limiter is not None:
            limiter.acquire_sync()
        if not job.claim():  # withdrawn
            with self._lock:
                del self._running[job]
            if limiter is not None:
                limiter.release()
            return
        try:
            future = self._submit_call(job, entry)
        except BaseException as error:
            self._finish(job, None, error)
        else:
            future.add_done_callback(lambda future: self._finish(job, *self._outcome(job, future, entry[2])))

    def _submit_call(self, job, entry):
        call = call_of(job, self.how)
        for last in (False, True):
            engine = self._engine
            if engine is None:
                engine = self._engine = self._make(self.pool.size)
            entry[2] = engine
            try:
                entry[0] = engine.submit(*call)
                return entry[0]
            except BrokenExecutor as error:  # it broke before this job came
                lost = self._broken(job, error, engine)
                if last or self._make is None:
                    raise lost from error
        return None

    def _outcome(self, job, future, engine):
        """(result, error)"""
        try:
            if future.cancelled():
                return None, JobLost(job.describe() + " was cancelled in its executor")
            error = future.exception()
            if error is None:
                return open_answer(job, self.how, future.result())
            if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
                lost = self._broken(job, error, engine)
                lost.__cause__ = error
                error = lost
            elif self.how != THREAD and isinstance(error, CancelledError):
                error = JobLost(f"{job.describe()} was cancelled in its executor: {error}")
            return None, error
        except BaseException as error:
            return None, error

    def _finish(self, job, result, error) -> None:
        """Executor's thread, or the feeder."""
        if self._given_up:
            error = WorkerClosed(self.pool.name + " was closed before this job could end")
        with self._lock:
            entry = self._running.pop(job, None)
            if entry is None:  # of the parent of this process
                return
            self._longest = max(self._longest, self.pool.clock.now() - entry[1])
            if error is None:
                self._done += 1
            else:
                self._failed += 1
        try:
            job.finish(result, error)
        finally:
            if self.pool.limiter is not None:
                self.pool.limiter.release()
            if self.pool.idle.any():
                self.pool.idle.notify()

    def _broken(self, job, error, engine):
        """The error for a `job` that went with its executor, which is forgotten if the pool can make another."""
        text = f"{job.describe()} was lost with its process"
        ends = engine.ends()
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
