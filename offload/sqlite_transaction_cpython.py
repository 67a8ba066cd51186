"""Transaction: the statements of one task, and of those that it starts meanwhile, all of them or none."""

from __future__ import annotations

from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..threadsafe.lock import ThreadSafeLock

if TYPE_CHECKING:
    from .sqlite_cpython import Connection

MODES = ("", "deferred", "immediate", "exclusive")

_within: ContextVar[Any] = ContextVar("twincore_transaction", default=None)  # the newest, of whatever connection


class Transaction:
    """`async with db.transaction():` BEGIN, then COMMIT, or ROLLBACK if the block ends with an error or is cancelled.

    A statement belongs to the transaction in whose block it is made, or the block's task, or a task started there. It
    is carried out when that is the newest of the connection's open transactions, and waits in line till then: so all
    others wait until the block has ended. A transaction within a transaction is a savepoint, and follows the same rule.

    The end is carried out even if the block's task is cancelled meanwhile, which then is told. If COMMIT fails there
    is a ROLLBACK, and the error is raised.
    """

    def __init__(self, connection: Connection, mode: str) -> None:
        if mode.lower() not in MODES:
            raise ValueError(f"a transaction is deferred, immediate or exclusive, not {mode!r}")
        self.connection = connection
        self.mode = mode.upper()
        self.lock = ThreadSafeLock()  # of the transaction within this one
        self.ended = False
        self.outer: Any = None  # the Transaction, or the Connection, in which this one is
        self._around: Any = None
        self._begun = False  # the thread's
        self._savepoint = ""

    async def __aenter__(self) -> Transaction:
        if self.outer is not None:
            raise RuntimeError("a transaction is begun once; call transaction() again")
        connection = self.connection
        connection._opened()
        outer = self.outer = level(connection)
        if outer is not connection:
            self._savepoint = f"twincore_{depth(outer)}"
        await outer.lock.acquire()
        try:
            await connection._ask(self._begin_there)
        except BaseException:
            self.ended = True
            try:
                if self._begun:
                    await connection._must(self._end_there, False)
            finally:
                outer.lock.release()
            raise
        self._around = _within.get()
        _within.set(self)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        connection = self.connection
        _within.set(self._around)
        try:
            commit = False
            try:
                if exc_type is None:
                    await self.lock.acquire()  # a task that was started here may be in a transaction of its own
                    commit = True
            finally:
                self.ended = True
                if exc_type is None or not connection._closed:  # else it is rolled back as the connection closes
                    await connection._must(self._end_there, commit)
        finally:
            if commit:
                self.lock.release()
            self.outer.lock.release()

    # The thread.

    def _begin_there(self) -> None:
        database = self.connection._database
        statement = f"SAVEPOINT {self._savepoint}" if self._savepoint else f"BEGIN {self.mode}"
        database.patient(database.raw.execute, statement)
        self._begun = True

    def _end_there(self, commit: bool) -> None:
        database = self.connection._database
        raw = database.raw
        name = self._savepoint
        if not commit:
            if raw.in_transaction:  # else sqlite has rolled it back, as it does when the disk is full
                raw.execute(f"ROLLBACK TO {name}" if name else "ROLLBACK")
                if name:
                    raw.execute(f"RELEASE {name}")
            return
        try:
            database.patient(raw.execute, f"RELEASE {name}" if name else "COMMIT")
        except BaseException:
            if raw.in_transaction and not name:
                raw.execute("ROLLBACK")
            raise


def level(connection: Any) -> Any:
    """The newest transaction of `connection` in which the caller is, else `connection`."""
    found = _within.get()
    while found is not None and (found.ended or found.connection is not connection):
        found = found._around
    return connection if found is None else found


def depth(transaction: Any) -> int:
    count = 1
    while isinstance(transaction.outer, Transaction):
        transaction = transaction.outer
        count += 1
    return count
