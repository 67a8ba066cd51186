"""Cursor: the rows of a statement, brought from its thread by the batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..core.errors import TimeoutError
from ..core.shared import TURN
from ..core.sleep import sleep
from .arrivals import Arrivals, quick
from .iterating import turn
from .sqlite_thread_cpython import Statement

if TYPE_CHECKING:
    from .sqlite_cpython import Connection

FIRST = 64  # rows in the first batch; each further one has twice as many, up to the connection's `batch`


@quick
class Cursor(Arrivals):
    """What `execute` returns, used by one task at a time. Three ways to have the statement carried out:

        cursor = await db.execute(sql, parameters)
        async with db.execute(sql, parameters) as cursor: ...     # closes it
        async for row in db.execute(sql, parameters): ...

    The first rows come with the statement, in one hop, so one that changes the table afterwards does not change them.
    `async for` has a batch read while the task works on the one before it.
    A task that is cancelled, or waits longer than `timeout`, as it executes or fetches, leaves the cursor closed.
    A cursor that is dropped is closed by the thread.

    | | blocks the awaiting task |
    |---|---|
    | `execute`, `executemany`, `executescript` | until it is done and the first rows are there |
    | `fetchone`, `fetchmany`, `fetchall`, `async for` | if what was fetched so far does not do |
    | `close` | until the thread has closed it; not at all if all rows are read |
    | `description`, `lastrowid`, `rowcount`, `arraysize` | never |
    """

    def __init__(self, connection: Connection) -> None:
        Arrivals.__init__(self, [])
        self.arraysize = 1
        self._connection = connection
        self._database = connection._opened()
        self._statement = Statement(self._database)  # what jobs hold: they don't keep the cursor
        self._pending: Any = None  # (what the thread is to do, its arguments)
        self._timeout: float | None = None
        self._job: Any = None  # that reads the next batch
        self._closed = False

    # What is done when it is awaited.

    def execute(self, sql: str, parameters: Any = (), *, timeout: float | None = None) -> Cursor:
        """Awaitable, this cursor: carry out one statement. What it still had to fetch is forgotten."""
        return self._prepare(self._statement.execute, (sql, parameters), timeout)

    def executemany(self, sql: str, rows: Iterable[Any], *, timeout: float | None = None) -> Cursor:
        """Awaitable, this cursor: carry out one statement for each of `rows`; an iterator is advanced by the thread."""
        return self._prepare(self._statement.executemany, (sql, rows), timeout)

    def executescript(self, script: str, *, timeout: float | None = None) -> Cursor:
        """Awaitable, this cursor: commit, then carry out the statements. Not in a `transaction()`."""
        self._connection._refuse_within("executescript")
        return self._prepare(self._statement.executescript, (script,), timeout)

    def _execute_commit(self, sql: str, parameters: Any, timeout: float | None) -> Cursor:
        return self._prepare(self._statement.execute_commit, (sql, parameters), timeout)

    def _prepare(self, fn: Any, args: tuple[Any, ...], timeout: float | None) -> Cursor:
        if self._closed:
            raise sqlite3.ProgrammingError("Cannot operate on a closed cursor.")
        self.here.clear()
        self._pending = fn, args
        self._timeout = timeout
        return self

    def __await__(self) -> Generator[Any, Any, Cursor]:
        return self._run().__await__()

    async def _run(self) -> Cursor:
        if self._pending is None:
            return self
        (fn, args), self._pending = self._pending, None
        self._forget()
        try:
            self._statement.size = FIRST
            self._take(await self._connection._do(fn, args, self._timeout))
        except BaseException as error:
            if isinstance(error, TimeoutError) or not isinstance(error, Exception):
                self._abandon()
            raise
        return self

    async def __aenter__(self) -> Cursor:
        return await self._run()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    # Fetching.

    async def fetchone(self) -> Any:
        """The next row, None if there is none."""
        here = self.here
        while True:
            if here and not len(here) % TURN:
                await sleep(0)
            if here:
                return here.pop()
            if not await self._fill(False):
                return None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """A list of the next rows, `size` or as many as there are; by default `arraysize`."""
        rows: list[Any] = []
        here = self.here
        left = size = self.arraysize if size is None else size
        while left > 0:
            rows += here[: -left - 1 : -1]
            del here[-left:]
            left = size - len(rows)
            if left and not await self._fill(False):
                break
        return rows

    async def fetchall(self) -> list[Any]:
        """A list of all rows that are left. One hop for those that are not here yet."""
        await self._run()
        rows: list[Any] = []
        self._statement.size = 0
        while True:
            rows += reversed(self.here)
            self.here.clear()
            if not await self._fill(False):
                return rows

    async def _fill(self, ahead: bool = True) -> bool:
        """Have more rows. False if there are none."""
        if self._pending is not None:
            await self._run()
        else:
            job = self._job
            if job is None and not self._statement.open:
                if self._closed:
                    raise sqlite3.ProgrammingError("Cannot operate on a closed cursor.")
                return False
            await turn
            try:
                if job is None:
                    rows = await self._connection._do(self._statement.read, (), self._timeout)
                else:
                    rows = await self._database.ask(job, self._timeout)
            except BaseException:
                self._abandon()
                raise
            self._job = None
            self._take(rows)
        if ahead and self._statement.open and self._connection._may_go_on():
            self._job = self._database.job(self._statement.read)
            self._job.start()
        return True

    def _take(self, rows: Any) -> None:
        self.here.extend(reversed(rows))
        self._statement.size = min(2 * self._statement.size, self._connection.batch)

    # The end.

    async def close(self) -> None:
        """End the statement, if it has not ended. It may be called again."""
        self._closed = True
        self._pending = None
        if (self._forget() or self._statement.open) and not self._connection._closed:
            await self._connection._must(self._statement.close)

    def _forget(self) -> bool:
        """The rows that are here or on their way. True if the thread is at it: whether it is open will be seen there."""
        job, self._job = self._job, None
        self.here.clear()
        return job is not None and not job.withdraw()

    def _abandon(self) -> None:
        self._closed = True
        if self._forget() or self._statement.open:
            self._database.worker.afterwards(self._statement.close, ())

    def __del__(self) -> None:
        # Left by a `break`, say.
        if getattr(self, "_job", None) is not None or (hasattr(self, "_statement") and self._statement.open):
            self._abandon()

    # What the last statement says.

    @property
    def connection(self) -> Connection:
        """The Connection that made it."""
        return self._connection

    @property
    def description(self) -> tuple[tuple[str, None, None, None, None, None, None], ...] | Any:  # or None
        """The columns, as sqlite3 describes them; None for what has no rows."""
        return self._raw_says("description", None)

    @property
    def lastrowid(self) -> int | None:
        """The rowid of the last row inserted."""
        number: int | None = self._raw_says("lastrowid", None)
        return number

    @property
    def rowcount(self) -> int:
        """How many rows were changed; -1 if that says nothing."""
        count: int = self._raw_says("rowcount", -1)
        return count

    def _raw_says(self, name: str, otherwise: Any) -> Any:
        raw = self._statement.raw
        return otherwise if raw is None else getattr(raw, name)
