"""SQLite: a row selected by its key, one at a time, and a table of 10 000 rows read as a stream."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from threading import Event
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, start_thread, twincore_rows

TABLE = 10_000
ROWS = [(i, f"name {i:05}", i / 2) for i in range(TABLE)]
BY_KEY = "select * from rows where id = ?"
ALL = "select * from rows"
Program = Callable[[int], Coroutine[Any, Any, float]]


async def fill(call: Callable[..., Awaitable[Any]], many: Callable[..., Awaitable[Any]]) -> None:
    await call("create table rows (id integer primary key, name text, half real)")
    await many("insert into rows values (?, ?, ?)", ROWS)


async def select_one_by_one(select: Callable[[int], Awaitable[Any]], count: int) -> float:
    """Return the seconds for `count` selects in turn."""
    start = perf_counter()
    for i in range(count):
        key = i * 7 % TABLE
        if await select(key) != ROWS[key]:
            check(False, f"select {key} gave another's row")
    return perf_counter() - start


async def read_stream(rows: Callable[[], Any], count: int) -> float:
    """Return the seconds for `count` rows, TABLE of them at a time."""
    rounds = max(1, count // TABLE)
    start = perf_counter()
    for _ in range(rounds):
        seen = 0
        async for _row in rows():
            seen += 1
        check(seen == TABLE and _row == ROWS[-1], "rows lost")
    return (perf_counter() - start) * count / (rounds * TABLE)


async def twincore_select(count: int, in_two: bool = False) -> float:
    from twincore.offload import sqlite

    async with sqlite.connect(":memory:") as db:
        await fill(db.execute, db.executemany)

        async def by_cursor(key: int) -> Any:
            async with db.execute(BY_KEY, (key,)) as cursor:
                return await cursor.fetchone()

        async def in_one_hop(key: int) -> Any:
            return await db.fetch_one(BY_KEY, (key,))

        return await select_one_by_one(by_cursor if in_two else in_one_hop, count)


async def twincore_stream(count: int) -> float:
    from twincore.offload import sqlite

    async with sqlite.connect(":memory:") as db:
        await fill(db.execute, db.executemany)
        return await read_stream(lambda: db.execute(ALL), count)


async def aiosqlite_select(count: int, fetchall: bool = False) -> float:
    import aiosqlite

    async with aiosqlite.connect(":memory:") as db:
        await fill(db.execute, db.executemany)

        async def by_cursor(key: int) -> Any:
            async with db.execute(BY_KEY, (key,)) as cursor:
                return await cursor.fetchone()

        async def in_one_hop(key: int) -> Any:
            (row,) = await db.execute_fetchall(BY_KEY, (key,))
            return row

        return await select_one_by_one(in_one_hop if fetchall else by_cursor, count)


async def aiosqlite_stream(count: int) -> float:
    import aiosqlite

    async with aiosqlite.connect(":memory:") as db:
        await fill(db.execute, db.executemany)
        rounds = max(1, count // TABLE)
        start = perf_counter()
        for _ in range(rounds):
            seen = 0
            async with db.execute(ALL) as cursor:
                async for _row in cursor:
                    seen += 1
            check(seen == TABLE and _row == ROWS[-1], "rows lost")
        return (perf_counter() - start) * count / (rounds * TABLE)


def plain(name: str, count: int) -> Figures:
    """Measure sqlite3 itself, blocking."""
    with sqlite3.connect(":memory:") as db:
        db.execute("create table rows (id integer primary key, name text, half real)")
        db.executemany("insert into rows values (?, ?, ?)", ROWS)

    def select(count: int) -> float:
        start = perf_counter()
        for i in range(count):
            key = i * 7 % TABLE
            if db.execute(BY_KEY, (key,)).fetchone() != ROWS[key]:
                check(False, f"select {key} gave another's row")
        return perf_counter() - start

    def stream(count: int) -> float:
        rounds = max(1, count // TABLE)
        start = perf_counter()
        for _ in range(rounds):
            seen = 0
            for _row in db.execute(ALL):
                seen += 1
            check(seen == TABLE and _row == ROWS[-1], "rows lost")
        return (perf_counter() - start) * count / (rounds * TABLE)

    return figures(name, select if name == "sqlite-key" else stream, count)


def plain_in_two_threads(name: str, count: int) -> Figures:
    """The same in a process of two threads. The other sleeps, but each lock that is taken costs more from then on."""
    over = Event()
    thread = start_thread(over.wait)
    measured = plain(name, count)
    over.set()
    thread.join()
    return measured


def figures(name: str, one_pass: Callable[[int], float], count: int) -> Figures:
    per_second = rate(one_pass, count)
    return {name: (1e6 if name == "sqlite-key" else 1e9) / per_second}


def measure(name: str, run: Run, program: Program, count: int) -> Figures:
    return figures(name, lambda n: run(program(n)), count)


def contenders(name: str) -> tuple[Contender, ...]:
    key = name == "sqlite-key"
    rows = [*twincore_rows(partial(measure, name, run_twincore, twincore_select if key else twincore_stream))]
    if key:
        rows += twincore_rows(partial(measure, name, run_twincore, partial(twincore_select, in_two=True)), "cursor")
    for loop, run in LOOPS.items():
        program = aiosqlite_select if key else aiosqlite_stream
        needs = ("aiosqlite", loop)
        rows.append(Contender(f"aiosqlite on {loop}", needs, partial(measure, name, run, program), "aiosqlite"))
        if key:
            one = partial(measure, name, run, partial(aiosqlite_select, fetchall=True))
            rows.append(Contender(f"aiosqlite execute_fetchall on {loop}", needs, one, "execute_fetchall"))
    note = "blocks its thread"
    for label, one in (("sqlite3", plain), ("sqlite3 in a process of two threads", plain_in_two_threads)):
        rows.append(Contender(label, (), partial(one, name), label, note, product=False))
    return tuple(rows)


WORKLOADS = (
    Workload(
        name="sqlite-key",
        group="sqlite",
        metrics=(Metric("sqlite-key", "SQLite, select by key, one at a time: time of a call", "µs", "lower"),),
        contenders=contenders("sqlite-key"),
        count=3_000,
        quick_count=200,
        pinned=True,
        targets=(Target("aiosqlite", 3.0),),
    ),
    Workload(
        name="sqlite-stream",
        group="sqlite",
        metrics=(Metric("sqlite-stream", "SQLite, 10 000 rows with `async for`: time of a row", "ns", "lower"),),
        contenders=contenders("sqlite-stream"),
        count=30_000,
        quick_count=10_000,
        pinned=True,
        targets=(Target("aiosqlite", 1.3), Target("sqlite3", 1 / 1.3)),
    ),
)
