"""copy: a database, to a file or to another connection, on the thread of the one that is copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from ..threadsafe.parking import check_timeout
from .coroutines_cpython import check_callback
from .options import Options
from .sqlite_thread_cpython import Database
from .sqlite_transaction_cpython import level
from .token import progress as tell


async def copy(
    connection: Any, target: Any, pages: int, progress: Callable[[int, int, int], Any] | None, name: str, sleep: float,
    timeout: float | None,
) -> None:
    """See Connection.backup."""
    check_callback("progress", progress)
    database = connection._opened()
    to_connection = isinstance(target, type(connection))
    to = target._opened() if to_connection else target
    job = database.job(_copy_there, database, to, pages, name, sleep)
    job.limits = Options(check_timeout(timeout), None, progress)
    locks = {level(one).lock for one in (connection, target)} if to_connection else {level(connection).lock}
    with ExitStack() as held:
        for lock in sorted(locks, key=id):  # in one order, for two that copy to each other
            await lock.acquire()
            held.callback(lock.release)
        if to_connection:
            await target._must(int)  # what was queued there is done, and no more will come
        await database.ask(job, timeout)


def _copy_there(database: Database, to: Any, pages: int, name: str, sleep: float) -> None:
    def step(status: int, remaining: int, total: int) -> None:
        if database.unwanted():
            raise sqlite3.OperationalError("interrupted")
        tell(status, remaining, total)

    if isinstance(to, Database):
        database.raw.backup(to.raw, pages=pages, progress=step, name=name, sleep=sleep)
        return
    raw = sqlite3.connect(to, timeout=0)  # a step that finds it locked says so at once; the next is tried after `sleep`
    try:
        database.raw.backup(raw, pages=pages, progress=step, name=name, sleep=sleep)
    finally:
        raw.close()
