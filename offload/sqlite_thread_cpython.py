"""A sqlite3 connection on a thread of its own: the calls that are made there, and how one that runs is stopped.

A call whose task has gone is stopped in one of two ways. `sqlite3.Connection.interrupt` ends every statement of the
connection that has begun, those between two rows too: so it is for a call that has the connection to itself, and is
made under a lock while that call runs, so that it can't hit the next. Otherwise, and for a call that was about to begin
its statement, sqlite asks `unwanted` every so many steps.

A wait for another connection's lock is sqlite's own, which nothing ends: it is done in slices, between which it ends
if nobody wants the statement any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any

from ..core.errors import TimeoutError
from .job import Job
from .options import Options
from .worker import Worker

STEPS = 1_000_000  # of sqlite's machine, some 10 ms: each look takes the GIL, which a busy loop gives after 5 ms
SLICE = 0.1  # seconds
LINGER = 0.005  # seconds of reading, after which the rows so far are handed over
QUEUED = 1024  # calls

CLOSED = "Cannot operate on a closed database."
_NEVER_STOPPED = (GeneratorExit, KeyboardInterrupt, SystemExit)


class Database:
    """The connection and its thread. What its users share; see Connection.

    | method | who may call |
    |---|---|
    | `ask(job)`, `job()` | tasks |
    | `stop(job)` | any thread; never blocks for long |
    | `open()`, `call()`, `patient()`, `read()`, `close()` | the thread |
    """

    def __init__(self, name: str, timeout: float) -> None:
        self.worker = Worker(name, qsize=QUEUED)
        self.slot = self.worker.slots[0]
        self.raw: Any = None
        self.timeout = timeout
        self.slice = min(timeout, SLICE)
        self.closing = False  # no call begins any more
        self.streams = 0  # statements that are between two rows; the thread's
        self.running: Job[Any] | None = None
        self.lock = Lock()  # between "this job runs" and an interrupt; held for a few lines

    # Tasks.

    def job(self, fn: Callable[..., Any], *args: Any) -> Job[Any]:
        """Awaitable: `fn(*args)`, called on the thread. To be awaited by `ask`."""
        job = Job(self.worker, self.call, (fn, args), {})
        job.kept = True
        return job

    async def ask(self, job: Job[Any], timeout: float | None = None) -> Any:
        """The outcome of `job`. Who is cancelled, or waited `timeout` seconds, goes on once the call has been stopped."""
        if timeout is not None:
            job.limits = Options(timeout, None, None if job.limits is None else job.limits.progress)
        try:
            return await job
        except BaseException as error:
            if job.taken or isinstance(error, _NEVER_STOPPED) or job.withdraw():
                raise
            gone = error
        self.stop(job)
        if job.limits is not None:
            job.limits.until = -1
        while True:
            try:
                await job
                break
            except BaseException as error:
                if job.taken:  # "interrupted", as a rule
                    break
                if isinstance(error, _NEVER_STOPPED):
                    raise
                gone = error  # cancelled again
        if isinstance(gone, TimeoutError):
            raise TimeoutError(f"{self.worker.name}: interrupted after {timeout} s") from None
        raise gone

    def stop(self, job: Job[Any] | None) -> None:
        """End `job`, or what runs if that is None."""
        with self.lock:
            if job is None:
                job = self.running
            if job is not None:
                job.cancelled = True
                if self.running is job and not self.streams:
                    self.raw.interrupt()

    # The thread.

    def open(self, path: Any, options: dict[str, Any]) -> None:
        # The lock makes interrupt() wait until there is what it needs.
        raw = sqlite3.connect(path, timeout=self.slice, check_same_thread=False, **options)
        raw.set_progress_handler(self.unwanted, STEPS)
        with self.lock:
            self.raw = raw

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """What each job does."""
        job = self.slot.job
        with self.lock:
            if self.closing:
                raise sqlite3.ProgrammingError(CLOSED)
            if job is None or job.cancelled:
                raise sqlite3.OperationalError("interrupted")
            if self.raw is not None:
                self.running = job
        try:
            return fn(*args)
        finally:
            with self.lock:
                self.running = None

    def unwanted(self) -> bool:
        """Whether the caller of what runs has gone."""
        job = self.running
        return job is not None and job.cancelled

    def patient(self, fn: Callable[..., Any], *args: Any) -> Any:
        """`fn(*args)`, one statement, tried until no other connection's lock is in its way, or the timeout is over."""
        until = 0.0
        while True:
            began = monotonic()
            try:
                return fn(*args)
            except sqlite3.OperationalError as error:
                now = monotonic()
                until = until or began + self.timeout
                # If it came back too soon sqlite did not wait, since that would have been in vain: two wait for
                # each other.
                if now >= until or now - began < 0.9 * self.slice or not is_busy(error) or self.unwanted():
                    raise

    def at_once(self, fn: Callable[..., Any], *args: Any) -> Any:
        """`fn(*args)`, which can't be tried again since half of it may be done: sqlite waits for locks, in one go."""
        self.raw.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")
        try:
            return fn(*args)
        finally:
            self.raw.execute(f"PRAGMA busy_timeout = {int(self.slice * 1000)}")

    def one(self, sql: str, parameters: Any) -> Any:
        return self.patient(self.raw.execute, sql, parameters).fetchone()

    def all(self, sql: str, parameters: Any) -> list[Any]:
        rows: list[Any] = self.patient(self.raw.execute, sql, parameters).fetchall()
        return rows

    def close(self) -> None:
        """The last call."""
        with self.lock:
            self.closing = True
            raw, self.raw = self.raw, None
        if raw is not None:
            raw.close()


class Statement:
    """What the thread has of a cursor. Its methods are called there; what they return are the first, or next, rows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.raw: Any = None
        self.open = False  # between two rows; others may look when no call of this runs
        self.size = 0  # of the next batch, 0 for all that is left; set by others

    def execute(self, sql: str, parameters: Any) -> Any:
        self.database.patient(self._cursor().execute, sql, parameters)
        return self.read() if self.raw.description is not None else ()

    def executemany(self, sql: str, rows: Any) -> Any:
        cursor = self._cursor()
        if not isinstance(rows, (list, tuple)):
            self.database.at_once(cursor.executemany, sql, rows)
            return ()
        raw = self.database.raw
        before = raw.total_changes

        def again() -> None:
            if raw.total_changes != before:
                raise sqlite3.OperationalError("database is locked")
            cursor.executemany(sql, rows)

        self.database.patient(again)
        return ()

    def executescript(self, script: str) -> Any:
        self.database.at_once(self._cursor().executescript, script)
        return ()

    def execute_commit(self, sql: str, parameters: Any) -> Any:
        database = self.database
        cursor = self._cursor()
        began = database.raw.in_transaction
        try:
            database.patient(cursor.execute, sql, parameters)
            rows = cursor.fetchall() if cursor.description is not None else ()
            database.patient(database.raw.commit)
        except BaseException:
            if not began and database.raw.in_transaction:
                database.raw.rollback()
            raise
        return rows

    def read(self) -> Any:
        if self.open:
            self.database.streams -= 1  # an interrupt is its own now
            self.open = False
        if not self.size:
            return self.raw.fetchall()
        rows, self.open = read(self.raw, self.size)
        if self.open:
            self.database.streams += 1
        return rows

    def close(self) -> None:
        """End it, if it has not ended. Raises nothing."""
        if self.open:
            self.open = False
            self.database.streams -= 1
            try:
                self.raw.close()
            except sqlite3.Error:  # the connection was closed
                pass
            self.raw = None

    def _cursor(self) -> Any:
        self.close()
        if self.raw is None:
            self.raw = self.database.raw.cursor()
        return self.raw


def read(raw: Any, most: int) -> tuple[list[Any], bool]:
    """Rows, up to `most`, and whether there may be more. Hands over what there is when reading is slow."""
    end = monotonic() + LINGER
    rows: list[Any] = []
    size = 1
    while True:
        part = raw.fetchmany(size)
        rows += part
        if len(part) < size:
            return rows, False
        size = min(4 * size, most - len(rows))
        if not size or monotonic() >= end:
            return rows, True


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection holds a lock."""
    return str(error) == "database is locked"
