"""offload.sqlite: sqlite3, awaited. Each connection has a thread of its own.

    async with sqlite.connect("log.db") as db:
        async with db.transaction():
            await db.execute("insert into log values (?, ?)", (1, "started"))
        async for number, text in db.execute("select * from log"):
            ...

Arguments, results and errors are those of sqlite3. CPython only.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Callable, Generator, Iterable
from time import monotonic
from types import TracebackType
from typing import Any

from ..threadsafe.lock import ThreadSafeLock
from ..threadsafe.parking import check_timeout
from .iterating import iterate
from .job import Job, WorkerClosed
from .options import Insisting, Options
from .sqlite_backup_cpython import copy
from .sqlite_cursor_cpython import Cursor
from .sqlite_thread_cpython import CLOSED, Database
from .sqlite_transaction_cpython import Transaction, level

DEFAULT = ""  # isolation_level: sqlite3's own, a transaction begins with the first change


def connect(
    database: str | bytes | os.PathLike[str],
    *,
    timeout: float = 5.0,
    detect_types: int = 0,
    isolation_level: str | None = DEFAULT,
    cached_statements: int = 128,
    uri: bool = False,
    factory: type[sqlite3.Connection] = sqlite3.Connection,
    batch: int = 1024,
) -> Connection:
    """A Connection, to be awaited or entered by `async with`, which opens it.

    The arguments are those of sqlite3.connect. `timeout`: seconds to wait for the locks of other connections, then
    sqlite3.OperationalError. `isolation_level`: by default the first change begins a transaction that lasts until
    `commit()`, whoever calls it; None: each statement is one, which suits a connection that tasks share.
    `batch`: rows that a stream reads at a time, at most; less if that takes longer than some milliseconds.
    """
    limit = check_timeout(timeout)
    if not batch >= 1:
        raise ValueError(f"a batch is 1 row or more, not {batch!r}")
    options = {
        "detect_types": detect_types, "isolation_level": isolation_level, "cached_statements": cached_statements,
        "uri": uri, "factory": factory,
    }
    return Connection(database, options, 2e6 if limit is None else min(limit, 2e6), batch)


class Connection:
    """A database, open. Made by `connect`; for the tasks of one loop, twincore's or asyncio's.

    | method | blocks the awaiting task |
    |---|---|
    | `execute` and its like, `fetch_one`, `fetch_all`, `commit`, `rollback` | until its turn has come and it is done |
    | `transaction`, `backup`, `iterdump`, `create_function` and its like | the same |
    | `close(timeout)` | until the thread has ended |
    | `interrupt`, `in_transaction`, `total_changes`, `row_factory`, `text_factory` | never |

    Statements are carried out in the order in which they were awaited; while a transaction is open those of other
    tasks wait, see Transaction. A task that is cancelled takes its statement back, or has it interrupted and goes on
    when it has stopped, with the CancelledError; `timeout`, in seconds and including the time in line, does the same
    and raises TimeoutError. What such a statement had changed sqlite undoes, but for what came before it in its
    transaction; one that was done already when it was to be stopped stays done.
    Once `close` was called statements raise sqlite3.ProgrammingError. A connection that is dropped unclosed says so by
    a ResourceWarning, and is closed by its thread, which ends.
    """

    def __init__(self, path: Any, options: dict[str, Any], timeout: float, batch: int) -> None:
        self.batch = batch
        self.lock = ThreadSafeLock()  # held by a transaction
        self._path = path
        self._options = options
        self._timeout = timeout
        self._database: Any = None
        self._closed = False

    # Open and closed.

    def __await__(self) -> Generator[Any, Any, Connection]:
        return self._open().__await__()

    async def _open(self) -> Connection:
        if self._closed:
            raise sqlite3.ProgrammingError(CLOSED)
        if self._database is not None:
            raise RuntimeError("the connection is open already")
        database = self._database = Database(f"sqlite {os.path.basename(os.fsdecode(self._path))}", self._timeout)
        try:
            await database.ask(database.job(database.open, self._path, self._options))
        except BaseException:
            await self.close()
            raise
        return self

    async def __aenter__(self) -> Connection:
        return self if self._database is not None and not self._closed else await self._open()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self, timeout: float | None = None) -> None:
        """Take no more statements, carry out those that wait, and end the thread. What is uncommitted is rolled back.

        After `timeout` seconds the statement that runs is interrupted, and those that wait are not carried out: they
        raise sqlite3.ProgrammingError. May be called again. Carried out even if the task is cancelled meanwhile.
        """
        timeout = check_timeout(timeout)
        database = self._database
        first = not self._closed
        self._closed = True
        if database is None:
            return
        if first:
            job = Job(database.worker, database.close, (), {})
            job.kept = True
            if timeout is not None:
                job.limits = Options(timeout, None, None)
            gone = None
            try:
                await job
            except BaseException as error:
                if job.taken:
                    raise
                gone = error
            if gone is not None:
                if isinstance(gone, TimeoutError):
                    gone = None
                    database.closing = True
                    database.stop(None)
                if job.limits is not None:
                    job.limits.until = -1
                await Insisting(job, False, True)
            if gone is not None:
                database.worker.shut()
                raise gone
        await database.worker.close()

    def __del__(self) -> None:
        database = getattr(self, "_database", None)
        if database is not None and not self._closed:
            database.worker.afterwards(database.close, ())
            database.worker.shut()
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self, stacklevel=2)

    def __repr__(self) -> str:
        return f"<sqlite connection {os.fsdecode(self._path)!r}>"

    # Statements.

    def cursor(self) -> Cursor:
        """A Cursor that does nothing yet; it can be awaited, too."""
        return Cursor(self)

    def execute(self, sql: str, parameters: Any = (), *, timeout: float | None = None) -> Cursor:
        """A new cursor for one statement; to be awaited, entered by `async with`, or read by `async for`."""
        return Cursor(self).execute(sql, parameters, timeout=timeout)

    def executemany(self, sql: str, rows: Iterable[Any], *, timeout: float | None = None) -> Cursor:
        """A new cursor, to be awaited: one statement for each of `rows`, which may be an iterator that blocks."""
        return Cursor(self).executemany(sql, rows, timeout=timeout)

    def executescript(self, script: str, *, timeout: float | None = None) -> Cursor:
        """A new cursor, to be awaited: commit, then several statements."""
        return Cursor(self).executescript(script, timeout=timeout)

    def execute_commit(self, sql: str, parameters: Any = (), *, timeout: float | None = None) -> Cursor:
        """A new cursor, to be awaited: one statement and COMMIT in one hop. If that fails, neither was done."""
        self._refuse_within("execute_commit")
        return Cursor(self)._execute_commit(sql, parameters, timeout)

    async def fetch_one(self, sql: str, parameters: Any = (), *, timeout: float | None = None) -> Any:
        """The first row of a statement, None if there is none. One hop."""
        return await self._do(self._opened().one, (sql, parameters), timeout)

    async def fetch_all(self, sql: str, parameters: Any = (), *, timeout: float | None = None) -> list[Any]:
        """All rows of a statement. One hop."""
        rows: list[Any] = await self._do(self._opened().all, (sql, parameters), timeout)
        return rows

    async def commit(self, *, timeout: float | None = None) -> None:
        """COMMIT, if there is something to. Not in a `transaction()`."""
        database = self._opened()
        self._refuse_within("commit")
        await self._do(database.patient, (database.raw.commit,), timeout)

    async def rollback(self) -> None:
        """ROLLBACK, if there is something to. Not in a `transaction()`."""
        database = self._opened()
        self._refuse_within("rollback")
        await self._ask(database.raw.rollback)

    def transaction(self, mode: str = "") -> Transaction:
        """`async with`: a block of statements, carried out as one. `mode`: deferred, immediate or exclusive."""
        return Transaction(self, mode)

    def iterdump(self) -> iterate[str]:
        """`async for` over the statements that make this database; in a `transaction()` if others may change it."""
        return iterate(self._opened().raw.iterdump, pool=self._database.worker)

    async def backup(
        self,
        target: Connection | str | os.PathLike[str],
        *,
        pages: int = 256,
        progress: Callable[[int, int, int], Any] | None = None,
        name: str = "main",
        sleep: float = 0.25,
        timeout: float | None = None,
    ) -> None:
        """Copy the database to `target`, a path or another Connection, which others can't use meanwhile.

        `pages` at a time, between which it can be cancelled. `progress(status, remaining, total)` is called by the
        loop, with the latest. While the database is locked it is tried again after `sleep` seconds.
        """
        await copy(self, target, pages, progress, name, sleep, timeout)

    async def create_function(
        self, name: str, narg: int, func: Callable[..., Any] | None, *, deterministic: bool = False
    ) -> None:
        """Let SQL call `func`, on the connection's thread."""
        await self._on_raw("create_function", name, narg, func, deterministic=deterministic)

    async def create_aggregate(self, name: str, narg: int, aggregate: Any) -> None:
        """As sqlite3's; the class is used on the connection's thread."""
        await self._on_raw("create_aggregate", name, narg, aggregate)

    async def create_collation(self, name: str, compare: Callable[[str, str], int] | None) -> None:
        """As sqlite3's; `compare` is called on the connection's thread."""
        await self._on_raw("create_collation", name, compare)

    async def set_trace_callback(self, callback: Callable[[str], Any] | None) -> None:
        """Have `callback(sql)` called for each statement, on the connection's thread."""
        await self._on_raw("set_trace_callback", callback)

    async def set_authorizer(self, callback: Callable[..., int] | None) -> None:
        """As sqlite3's; `callback` is called on the connection's thread."""
        await self._on_raw("set_authorizer", callback)

    def interrupt(self) -> None:
        """Interrupt the statement that runs, if one does: its task gets sqlite3.OperationalError. Never blocks."""
        self._opened().stop(None)

    @property
    def in_transaction(self) -> bool:
        """Whether there are changes to be committed, as sqlite has it at the moment."""
        return bool(self._opened().raw.in_transaction)

    @property
    def total_changes(self) -> int:
        """How many rows were changed since it was opened."""
        return int(self._opened().raw.total_changes)

    @property
    def isolation_level(self) -> str | None:
        """As it was given to `connect`."""
        level: str | None = self._options["isolation_level"]
        return level

    @property
    def row_factory(self) -> Any:
        """Makes each row, for cursors made from now on; it is called on the connection's thread."""
        return self._opened().raw.row_factory

    @row_factory.setter
    def row_factory(self, factory: Any) -> None:
        self._opened().raw.row_factory = factory

    @property
    def text_factory(self) -> Any:
        """Makes each text from bytes, on the connection's thread."""
        return self._opened().raw.text_factory

    @text_factory.setter
    def text_factory(self, factory: Any) -> None:
        self._opened().raw.text_factory = factory

    # For cursors and transactions.

    def _opened(self) -> Database:
        database: Database | None = self._database
        if self._closed or database is None or database.raw is None:
            raise sqlite3.ProgrammingError(CLOSED if self._closed else "The connection is not open: await it.")
        return database

    async def _ask(self, fn: Any, *args: Any) -> Any:
        """`fn(*args)` on the thread, whoever's turn it is."""
        database = self._opened()
        return await database.ask(database.job(fn, *args))

    async def _do(self, fn: Any, args: tuple[Any, ...], timeout: float | None) -> Any:
        """`fn(*args)` on the thread when it is the caller's turn."""
        database = self._opened()
        if timeout is not None:
            check_timeout(timeout)
        job = database.job(fn, *args)
        # If there is no room it must not be overtaken by a BEGIN that finds some.
        if not self.lock.locked() and database.worker.has_room():
            return await database.ask(job, timeout)
        return await self._in_turn(job, timeout)

    async def _in_turn(self, job: Job[Any], timeout: float | None) -> Any:
        mine = level(self)
        began = monotonic()
        await mine.lock.acquire(timeout)
        try:
            if timeout is not None:
                timeout = max(0.0, timeout - (monotonic() - began))
            if not self._opened().worker.has_room():
                return await self._database.ask(job, timeout)
            job.start()
        finally:
            mine.lock.release()
        return await self._database.ask(job, timeout)

    def _may_go_on(self) -> bool:
        return not self._closed and not (self.lock.locked() and level(self).lock.locked())

    async def _must(self, fn: Any, *args: Any) -> Any:
        """`fn(*args)` on the thread, whoever's turn it is, and even if the caller is cancelled."""
        database = self._database
        if database.closing or database.worker.closed():
            raise sqlite3.ProgrammingError(CLOSED)
        try:
            return await Insisting(database.job(fn, *args), False, True)
        except WorkerClosed:
            raise sqlite3.ProgrammingError(CLOSED) from None

    def _refuse_within(self, what: str) -> None:
        if level(self) is not self:
            raise sqlite3.ProgrammingError(f"{what} in a transaction(): it ends with its block")

    async def _on_raw(self, name: str, *args: Any, **kwargs: Any) -> None:
        raw = self._opened().raw
        await self._do(lambda: getattr(raw, name)(*args, **kwargs), (), None)
