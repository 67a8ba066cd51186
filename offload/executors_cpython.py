"""Beyond a thread: a pool whose calls are made by an executor, in processes, interpreters or on a cluster.

    pool = Pool(4, executor="process")

At most `size` jobs are at the executor at a time; the others wait in the pool's line, where they can be withdrawn. One
thread, the feeder, carries them over, since pickling, starting a process and reaching a cluster take their time.
"""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future
from typing import Any, cast

from ..core.errors import TimeoutError
from ..core.queue_errors import QueueClosed
from ..core.task import PENDING
from ..core.times import CLOCK_HZ, units
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.parking import wait_in_thread
from . import fork_cpython
from .carrier_cpython import Carrier, Entry, JobLost  # noqa: F401
from .executor_kinds_cpython import Engine, living
from .job import Job, WorkerClosed
from .remote_call_cpython import BYTES, CLUSTER, THREAD, RemoteError  # noqa: F401
from .stacks_cpython import ask, place
from .worker import Pool

QUICK = units(0.01)  # a job that took less is followed at once by another


class Remote(Carrier):
    """What a pool with an executor hands its jobs to. See Pool.

    `executor`: a concurrent.futures.Executor or a dask.distributed.Client, which stays its owner's to close; or one of
    executor_kinds_cpython.WORDS, which the pool then makes when it is first needed, makes anew when it broke, and closes.

    | method | who may call | blocks |
    |---|---|---|
    | `submit(job)` | any thread | never |
    | `close(timeout)` | tasks, after the pool was shut | the awaiting task |
    | `count(counts)`, `stuck()`, `check_options()` | any thread | never |
    """

    def __init__(self, pool: Pool, executor: Any) -> None:
        Carrier.__init__(self, pool, executor)
        self._running: dict[Job[Any], Entry] = {}
        self._lock = threading.Lock()  # guards what is counted and who feeds; held for a few lines
        self._feeding = False
        self._lost = False  # given by the parent of a fork
        self._given_up = False
        self._done = self._failed = self._longest = 0
        self._count = 0  # jobs that were carried, which numbers them
        self._feeder = 0  # the feeder's ident
        self._parents: Engine | None = None
        self.ended = ThreadSafeEvent()
        self.check_options(pool.on_cancel, None)
        fork_cpython.pools.add(self)
        living.add(self)

    def submit(self, job: Job[Any]) -> bool:
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

    def count(self, counts: dict[str, float]) -> None:
        """Set in `counts` what Pool.statistics tells. What is at the executor is "running"."""
        with self._lock:
            now = self.pool.clock.now()
            took = [now - entry.since for entry in self._running.values() if entry.since >= 0]
            counts["queued"] += len(self._running) - len(took)
            counts["longest"] = max([self._longest, *took]) / CLOCK_HZ
            counts.update(running=len(took), done=self._done, failed=self._failed)

    def stuck(self) -> list[Job[Any]]:
        """The jobs that are at the executor."""
        with self._lock:
            return list(self._running)

    def check_options(self, on_cancel: str, progress: Any) -> None:
        """Raise ValueError for what needs the caller's own process."""
        if self.how == THREAD:
            return
        what = "on_cancel='signal'" if on_cancel == "signal" else "progress" if progress is not None else None
        if what:
            raise ValueError(
                what + " can't reach a function in another process; with this executor on_cancel is 'abandon' or 'wait'"
            )

    def check_local(self, what: str) -> None:
        """Raise ValueError if its functions would get copies of what they are called with."""
        if self.how in (BYTES, CLUSTER):
            raise ValueError(
                f"{self.pool.name} makes its calls in other processes or interpreters, with copies of all that they are "
                f"given; {what} needs a Worker, or a pool of threads"
            )

    async def close(self, timeout: float | None) -> None:
        """Wait for what is queued and runs, then end the executor if the pool made it. See Pool.close."""
        pool = self.pool
        if not self._feeding:
            if self._engine is None or self._make is None:
                return
            self._start()  # to close the executor
        try:
            await self.ended.wait(timeout)
        except TimeoutError:
            pool._withdraw_queued()
            found: dict[int, str] = {}
            try:
                found = await ask(self._engine, self._numbers())
            except RuntimeError:  # there is no thread to ask with: what is stuck is named all the same
                pass
            except BaseException:
                self._give_up(found)
                raise
            stuck = self._give_up(found)
            if stuck:
                raise TimeoutError(f"{pool.name} is still {', '.join(stuck)} after {timeout} s") from None

    def _numbers(self) -> set[int]:
        with self._lock:
            return {entry.number for entry in self._running.values()}

    def _give_up(self, found: dict[int, str]) -> list[str]:
        self._given_up = True
        with self._lock:
            running = list(self._running.items())
        stuck = []
        for job, entry in running:
            if not job.ended() or job.cancelled:
                does = "running " if entry.since >= 0 else "waiting for a permit to run "
                stuck.append(does + job.describe() + place(job, self.how, entry.engine, found.get(entry.number)))
            job.fail(WorkerClosed(self.pool.name + " was closed before this job could end"))
            if entry.future is not None:
                entry.future.cancel()
        self.kill()
        return stuck

    def end(self) -> Engine | None:
        """`kill`, as the program ends: what is in line would be done by new processes, for which Python would wait."""
        self._ending = True  # first: who makes an executor, or starts a process of it, looks at this after that
        return self.kill()

    def forked(self) -> None:
        """In the child of a fork: the executor, with its threads and pipes, is the parent's."""
        pool = self.pool
        self._parents = self._engine  # kept: one that goes would write to shared pipes
        if self._engine is not None and self._engine.stacks is not None:
            self._engine.stacks.forked()
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
        except BaseException as error:
            self._feeding = False
            if isinstance(error, Exception):
                self.pool.fail_queued(error)  # nobody is there for them
            raise

    def _feed(self) -> None:
        pool = self.pool
        no_task = "the feeder runs no loop"
        self._feeder = threading.get_ident()
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
            self._carry(job)
            job = None
        wait_in_thread(pool.idle, lambda: PENDING if self._running else True, None, no_task)
        try:
            self._end_executor()
        except Exception as error:
            pool.report("Its executor could not be closed", error)
        self.ended.set()

    def _next(self) -> Any:
        """A job, PENDING while enough are at the executor, or QueueClosed."""
        if len(self._running) >= self.pool.size:
            return PENDING
        return self.pool.look()

    def _carry(
        self, job: Job[Any], predecessor: Job[Any] | None = None, its_error: BaseException | None = None
    ) -> None:
        """Take `job` to the executor, perhaps in the place of another. The feeder; for that, the executor's thread."""
        pool = self.pool
        with self._lock:
            if predecessor is not None:
                self._count_out(predecessor, its_error)
            self._count += 1
            entry = self._running[job] = Entry(self._count)
        if pool.putters.any():
            pool.putters.notify()
        if pool.limiter is not None:
            pool.limiter.acquire_sync()
        entry.since = pool.clock.now()
        if not job.claim():  # withdrawn
            with self._lock:
                del self._running[job]
            self._made_room()
            return
        try:
            future = self._submit_call(job, entry)
            follow = future.add_done_callback  # here: an executor of the program's own may return something else
        except BaseException as error:
            self._finish(job, None, error)
        else:
            follow(lambda future: self._ended(job, future, entry))

    def _ended(self, job: Job[Any], future: Future[Any], entry: Entry) -> None:
        """The executor's thread, or the feeder."""
        failure = CancelledError() if future.cancelled() else future.exception()  # the executor's
        result, error = self._outcome(job, future, failure, entry.engine)
        following = PENDING if failure is not None else self._following(entry)
        if following is PENDING:
            self._finish(job, result, error)
        else:
            self._carry(cast("Job[Any]", following), job, error)
            job.finish(result, error)

    def _following(self, entry: Entry) -> Any:
        """The job that the executor's own thread takes there after a quick one, without the feeder; or PENDING.

        To wake the feeder takes as long as such a job. Not called after a failure of the executor, which may hold its
        lock then. Not for a limiter, as that thread may not wait; nor from the feeder, where one would lead to the next.
        """
        engine = entry.engine
        if (
            self._given_up or self.pool.limiter is not None
            or engine is None or not engine.made or engine.processes is None
            or self.pool.clock.now() - entry.since > QUICK or threading.get_ident() == self._feeder
        ):
            return PENDING
        try:
            return self.pool.look()
        except QueueClosed:
            return PENDING

    def _finish(self, job: Job[Any], result: Any, error: BaseException | None) -> None:
        """The executor's thread, or the feeder."""
        if self._given_up:
            error = WorkerClosed(self.pool.name + " was closed before this job could end")
        with self._lock:
            if job not in self._running:  # of the parent of this process
                return
            self._count_out(job, error)
        try:
            job.finish(result, error)
        finally:
            self._made_room()

    def _count_out(self, job: Job[Any], error: BaseException | None) -> None:
        """`job` is not at the executor any more. With the lock."""
        entry = self._running.pop(job)
        self._longest = max(self._longest, self.pool.clock.now() - entry.since)
        if error is None:
            self._done += 1
        else:
            self._failed += 1

    def _made_room(self) -> None:
        """There is room for another at the executor."""
        if self.pool.limiter is not None:
            self.pool.limiter.release()
        if self.pool.idle.any():
            self.pool.idle.notify()
