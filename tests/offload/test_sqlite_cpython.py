"""offload.sqlite: sqlite3's results and errors, awaited; whoever is cancelled or too late, the database goes on."""

import gc
import os
import sqlite3
import subprocess
import sys
import threading
import time
import warnings

import pytest

from support import run, submodule

pytestmark = pytest.mark.cpython

COUNT = "with recursive c(x) as (select 1 union all select x + 1 from c limit 1000000000) select count(*) from c"
NUMBERS = "with recursive c(x) as (select 0 union all select x + 1 from c where x < {}) select x from c"


@pytest.fixture
def sqlite(offload):
    return submodule(offload, "sqlite_cpython")


@pytest.fixture
def path(tmp_path):
    """A file with a table of three rows."""
    path = tmp_path / "test.db"
    with sqlite3.connect(path) as db:
        db.execute("create table t (id integer primary key, word text)")
        db.executemany("insert into t (word) values (?)", [("one",), ("two",), ("three",)])
    db.close()
    return path


class Gate:
    """A function for SQL that says when it is called, then blocks its thread until it is let go."""

    def __init__(self):
        self.entered = threading.Event()
        self.go = threading.Event()
        self.calls = 0

    def __call__(self):
        self.calls += 1
        self.entered.set()
        assert self.go.wait(10)
        return self.calls


async def until(core, event):
    """Until a threading.Event is set."""
    while not event.is_set():
        await core.sleep_ms(1)


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(8):
        await core.sleep(0)


async def gated(db):
    gate = Gate()
    await db.create_function("gate", 0, gate)
    return gate


async def ticking(core, db):
    """The event is set once a statement that selects tick() runs."""
    started = threading.Event()
    await db.create_function("tick", 0, lambda: started.set() or 1)
    return started


LONG = COUNT.replace("select 1 union", "select tick() union")


def threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sqlite ")]


# What it gives.


def test_results_are_those_of_sqlite3(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db:
            assert await db.fetch_one("select word from t where id = ?", (2,)) == ("two",)
            assert await db.fetch_one("select word from t where id = :id", {"id": 9}) is None
            assert await db.fetch_all("select id from t") == [(1,), (2,), (3,)]
            cursor = await db.execute("insert into t (word) values (?)", ("four",))
            assert (cursor.lastrowid, cursor.rowcount, cursor.description) == (4, 1, None)
            assert db.in_transaction and db.total_changes == 1
            await db.rollback()
            assert not db.in_transaction
            cursor = await db.executemany("insert into t (word) values (?)", [("a",), ("b",)])
            assert cursor.rowcount == 2
            await db.commit()
            await db.executescript("create table u (a); insert into u values (1); insert into u values (2);")
            cursor = await db.execute("select a as b from u")
            assert [column[0] for column in cursor.description] == ["b"]
            assert await cursor.fetchall() == [(1,), (2,)]
            assert await (await db.execute("insert into u values (5) returning a")).fetchone() == (5,)
            cursor = await db.execute_commit("delete from u")
            assert cursor.rowcount == 3 and not db.in_transaction

    run(core, main)
    with sqlite3.connect(path) as db:
        assert db.execute("select count(*) from t").fetchone() == (5,)
        assert db.execute("select count(*) from u").fetchone() == (0,)
    db.close()


@pytest.mark.parametrize("batch", [1, 3, 100, 1024])
@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 1000])
def test_a_stream_has_every_row_once_and_in_order(core, sqlite, rows, batch):
    async def main():
        async with sqlite.connect(":memory:", batch=batch) as db:
            got = [x async for (x,) in db.execute(NUMBERS.format(rows - 1) if rows else "select 1 where 0")]
            assert got == list(range(rows))

    run(core, main)


def test_every_way_to_fetch_goes_on_where_the_last_one_ended(core, sqlite):
    async def main():
        async with sqlite.connect(":memory:") as db, db.execute(NUMBERS.format(999)) as cursor:
            assert await cursor.fetchone() == (0,)
            assert await cursor.fetchmany() == [(1,)]
            cursor.arraysize = 3
            assert await cursor.fetchmany() == [(2,), (3,), (4,)]
            async for (x,) in cursor:
                if x == 200:
                    break
            assert len(await cursor.fetchmany(300)) == 300
            assert await cursor.fetchall() == [(x,) for x in range(501, 1000)]
            assert await cursor.fetchall() == [] and await cursor.fetchone() is None

    run(core, main)


def test_a_cursor_can_be_used_again_while_rows_are_on_their_way(core, sqlite):
    async def main():
        async with sqlite.connect(":memory:") as db:
            cursor = await db.cursor()
            for _ in range(20):
                async for _row in cursor.execute(NUMBERS.format(5000)):
                    break
                await cursor.execute("select 7")
                assert await cursor.fetchall() == [(7,)]

    run(core, main)


async def by_async_for(cursor):
    return [row async for row in cursor]


async def by_fetchone(cursor):
    rows = []
    while (row := await cursor.fetchone()) is not None:
        rows.append(row)
    return rows


WAYS = {
    "async for": by_async_for,
    "fetchone": by_fetchone,
    "fetchmany": lambda cursor: cursor.fetchmany(1000),
    "fetchall": lambda cursor: cursor.fetchall(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", [3, 5000])
def test_rows_of_the_statement_before_are_forgotten(core, sqlite, way, before):
    async def main():
        async with sqlite.connect(":memory:") as db:
            cursor = await db.execute(NUMBERS.format(before))
            assert await cursor.fetchone() == (0,)
            cursor.execute("select 'new'")
            assert await WAYS[way](cursor) == [("new",)]

    run(core, main)


@pytest.mark.parametrize("way", ["async for", "fetchone"])
def test_others_have_their_turns_though_the_rows_are_there_already(core, sqlite, way):
    """However large the batch is; a row that is there is no wait.

    While they come the thread must ask for Python's lock after each: a loop that never sleeps gives it every 5 ms.
    """
    turns = []

    async def other():
        while True:
            turns.append(0)
            await core.sleep(0)

    async def main():
        async with sqlite.connect(":memory:", batch=100_000) as db:
            cursor = await db.execute(NUMBERS.format(1_999))
            task = core.create_task(other())
            seen = 0
            if way == "async for":
                async for _ in cursor:
                    seen += 1
                    if turns:
                        turns[-1] += 1
            else:
                while await cursor.fetchone():
                    seen += 1
                    if turns:
                        turns[-1] += 1
            task.cancel()
            return seen

    assert run(core, main) == 2_000
    turn = submodule(core, "shared").TURN
    assert max(turns) < 2 * turn  # the end of a batch and the beginning of the next


def test_factories_and_functions(core, sqlite, path):
    traced = []

    async def main():
        async with sqlite.connect(path, isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES) as db:
            await db.create_function("twice", 1, lambda x: x * 2, deterministic=True)
            await db.create_collation("backwards", lambda a, b: (a < b) - (a > b))
            assert await db.fetch_one("select twice(21)") == (42,)
            assert await db.fetch_one("select word from t order by word collate backwards") == ("two",)
            await db.set_trace_callback(traced.append)
            db.row_factory = sqlite3.Row
            row = await db.fetch_one("select word from t")
            assert row["word"] == "one"
            db.row_factory = None
            db.text_factory = bytes
            assert await db.fetch_one("select word from t") == (b"one",)
            assert db.isolation_level is None

    run(core, main)
    assert traced == ["select word from t"] * 2


def test_a_dump_and_a_backup(core, sqlite, path, tmp_path):
    told = []

    async def main():
        async with sqlite.connect(path) as db, sqlite.connect(":memory:") as copy:
            await db.execute("create table big (a)")
            await db.executemany("insert into big values (?)", ((b"x" * 4000,) for _ in range(40)))
            await db.commit()
            lines = [line async for line in db.iterdump()]
            assert lines[0] == "BEGIN TRANSACTION;" and lines[-1] == "COMMIT;" and len(lines) == 47
            await db.backup(copy, pages=5, progress=lambda *args: told.append(args))
            assert await copy.fetch_one("select count(*) from big") == (40,)
            await db.backup(tmp_path / "copy.db")
            await core.gather(db.backup(copy), copy.backup(db))

    run(core, main)
    assert told[-1][1] == 0
    with sqlite3.connect(tmp_path / "copy.db") as db:
        assert db.execute("select count(*) from t").fetchone() == (3,)
    db.close()


def test_all_of_it_is_done_by_one_thread(core, sqlite):
    seen = set()

    async def main():
        async with sqlite.connect(":memory:") as db:
            await db.create_function("where_am_i", 0, lambda: seen.add(threading.get_ident()) or 1)
            await core.gather(*[db.fetch_one("select where_am_i()") for _ in range(20)])
            async for _ in db.execute(NUMBERS.format(500).replace("select x from", "select where_am_i() from")):
                pass

    run(core, main)
    assert len(seen) == 1 and threading.get_ident() not in seen


def test_a_task_of_asyncio_uses_it(sqlite, path):
    import asyncio

    async def main():
        async with sqlite.connect(path) as db:
            async with db.transaction():
                await db.execute("delete from t where id = 1")
            assert [row async for row in db.execute("select id from t")] == [(2,), (3,)]
            started = await ticking(asyncio_core, db)
            task = asyncio.create_task(db.fetch_one(LONG))
            await until(asyncio_core, started)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await db.fetch_one("select 1") == (1,)

    class asyncio_core:
        @staticmethod
        async def sleep_ms(ms):
            await asyncio.sleep(ms / 1000)

    asyncio.run(main())


# Transactions.


def test_a_transaction_is_done_or_not(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db:
            async with db.transaction():
                await db.execute("delete from t where id = 1")
                assert db.in_transaction
            assert not db.in_transaction
            with pytest.raises(KeyError):
                async with db.transaction("immediate"):
                    await db.execute("delete from t")
                    raise KeyError
            assert not db.in_transaction
            assert await db.fetch_all("select id from t") == [(2,), (3,)]
            with pytest.raises(ValueError):
                db.transaction("deferred; drop table t")

    run(core, main)


def test_a_savepoint_is_undone_alone(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db:
            async with db.transaction():
                await db.execute("delete from t where id = 1")
                for depth in range(3):
                    with pytest.raises(ZeroDivisionError):
                        async with db.transaction(), db.transaction():
                            await db.execute("delete from t where id = 2")
                            raise ZeroDivisionError(depth)
                async with db.transaction():
                    await db.execute("delete from t where id = 3")
            assert await db.fetch_all("select id from t") == [(2,)]

    run(core, main)


def test_others_wait_until_a_transaction_has_ended_and_are_served_in_order(core, sqlite, path):
    log = []

    async def other(db, name):
        log.append((name, await db.fetch_one("select count(*) from t")))

    async def in_turn(db):
        async with db.transaction():
            log.append(("in", await db.fetch_one("select count(*) from t")))
            await db.execute("insert into t (word) values ('x')")

    async def main():
        async with sqlite.connect(path) as db:
            async with db.transaction():
                await db.execute("delete from t where id = 1")
            tasks = []
            with pytest.raises(KeyError):
                async with db.transaction():
                    tasks += [context_free(core, other, db, "a"), context_free(core, in_turn, db)]
                    tasks += [context_free(core, other, db, "b")]
                    await settle(core)
                    await db.execute("delete from t")
                    assert log == []
                    raise KeyError
            # This task's next transaction waits for those who were there first.
            async with db.transaction():
                log.append("next")
            await core.gather(*tasks)

    run(core, main)
    assert log == [("a", (2,)), ("in", (2,)), ("b", (3,)), "next"]


def context_free(core, coro_fn, *args):
    """A task that does not count as started in the caller's block."""
    import contextvars

    return contextvars.Context().run(lambda: core.create_task(coro_fn(*args)))


def test_a_task_started_in_the_block_is_in_the_transaction(core, sqlite, path):
    async def child(db, n):
        async with db.transaction():
            await db.execute("insert into t (word) values (?)", (str(n),))
            before = await db.fetch_one("select count(*) from t")
            await settle(core)
            assert await db.fetch_one("select count(*) from t") == before
            if n % 2:
                raise KeyError(n)

    async def main():
        async with sqlite.connect(path) as db:
            async with db.transaction():
                await core.gather(*[child(db, n) for n in range(6)], return_exceptions=True)
            assert await db.fetch_all("select word from t where id > 3") == [("0",), ("2",), ("4",)]

    run(core, main)


def test_what_would_end_a_transaction_in_its_block_is_refused(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db:
            async with db.transaction():
                for call in (db.commit, db.rollback):
                    with pytest.raises(sqlite3.ProgrammingError, match="ends with its block"):
                        await call()
                for call in (db.executescript, db.execute_commit):
                    with pytest.raises(sqlite3.ProgrammingError, match="ends with its block"):
                        await call("select 1")

    run(core, main)


def test_a_cancelled_block_is_rolled_back(core, sqlite, path):
    async def block(db, entered):
        async with db.transaction():
            await db.execute("delete from t")
            entered.set()
            await core.sleep(10)

    async def main():
        async with sqlite.connect(path) as db:
            entered = core.Event()
            task = core.create_task(block(db, entered))
            await entered.wait()
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            assert await db.fetch_one("select count(*) from t") == (3,) and not db.in_transaction

    run(core, main)


@pytest.mark.parametrize("passes", range(12))
def test_a_block_cancelled_at_any_moment_leaves_no_transaction_open(core, sqlite, path, passes):
    async def block(db):
        async with db.transaction():
            await db.execute("delete from t where id = 1")
            await db.execute("delete from t where id = 2")

    async def main():
        async with sqlite.connect(path) as db:
            task = core.create_task(block(db))
            for _ in range(passes):
                await core.sleep_ms(0)
            task.cancel()
            await core.gather(task, return_exceptions=True)
            assert not db.in_transaction
            assert (await db.fetch_one("select count(*) from t"))[0] in (1, 3)
            async with db.transaction():
                pass

    run(core, main)


def test_a_commit_that_can_t_be_is_rolled_back_and_raised(core, sqlite, path):
    async def main():
        async with sqlite.connect(path, isolation_level=None) as db:
            await db.execute("pragma foreign_keys = on")
            await db.execute("create table u (id references t deferrable initially deferred)")
            with pytest.raises(sqlite3.IntegrityError):
                async with db.transaction():
                    await db.execute("insert into u values (99)")
            assert not db.in_transaction
            assert await db.fetch_one("select count(*) from u") == (0,)

    run(core, main)


# Errors.


def test_errors_are_sqlite3_s_own(core, sqlite, path, tmp_path):
    async def main():
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            await sqlite.connect(tmp_path / "none" / "x.db")
        with pytest.raises(ValueError):
            sqlite.connect(path, timeout=-1)
        async with sqlite.connect(path) as db:
            with pytest.raises(sqlite3.OperationalError, match="no such table"):
                await db.execute("select * from missing")
            with pytest.raises(sqlite3.IntegrityError):
                await db.execute("insert into t (id) values (1)")
            with pytest.raises(sqlite3.ProgrammingError):
                await db.fetch_one("select ?", ())
            cursor = await db.execute("select 1")
            await cursor.close()
            with pytest.raises(sqlite3.ProgrammingError):
                await cursor.fetchone()
            assert await db.fetch_one("select 1") == (1,)

    run(core, main)
    assert threads() == []


def test_what_is_no_database_and_a_file_that_vanishes(core, sqlite, path, tmp_path):
    other = tmp_path / "other.txt"
    other.write_bytes(b"no database " * 100)

    async def main():
        async with sqlite.connect(other) as db:
            with pytest.raises(sqlite3.DatabaseError, match="not a database"):
                await db.fetch_one("select * from sqlite_master")
        async with sqlite.connect(path) as db:
            os.unlink(path)
            with pytest.raises(sqlite3.OperationalError):
                await db.execute_commit("insert into t (word) values ('x')")
            with pytest.raises(sqlite3.ProgrammingError):
                await db.fetch_one("select ?")

    run(core, main)


@pytest.mark.parametrize("where", ["function", "row", "parameters"])
def test_a_stopiteration_hangs_nobody(core, sqlite, path, where):
    def stop(*args):
        raise StopIteration

    class Rows:
        def __iter__(self):
            return self

        def __next__(self):
            raise StopIteration

    async def main():
        async with sqlite.connect(path) as db:
            if where == "function":
                await db.create_function("stop", 0, stop)
                with pytest.raises(sqlite3.OperationalError):
                    await db.fetch_one("select stop()")
            elif where == "row":
                db.row_factory = stop
                with pytest.raises(RuntimeError, match="StopIteration"):
                    await db.fetch_one("select 1")
                db.row_factory = None
            else:
                await db.executemany("insert into t (word) values (?)", Rows())
            assert await db.fetch_one("select 1") == (1,)

    run(core, main)


# Locks of others.


HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("begin exclusive")
print("locked", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def locked(path):
    """Another process, which locks the database until its input is closed."""
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        yield process
        process.kill()


def test_a_database_locked_by_another_process(core, sqlite, path, locked):
    async def main():
        async with sqlite.connect(path, timeout=0.3) as db:
            for call in (db.fetch_one("select * from t"), db.execute("delete from t")):
                with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                    await call
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                await db.executemany("insert into t (word) values (?)", iter([("x",)]))
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                async with db.transaction("immediate"):
                    raise AssertionError
        async with sqlite.connect(path, timeout=60) as db:
            for _ in range(3):  # waits in vain, and takes the time that it was given
                with pytest.raises(core.TimeoutError):
                    await db.fetch_one("select * from t", timeout=0.05)
                task = core.create_task(db.fetch_one("select 1 from t"))
                await core.sleep_ms(50)
                task.cancel()
                with pytest.raises(core.CancelledError):
                    await task
            task = core.create_task(db.fetch_one("select count(*) from t"))
            await core.sleep_ms(150)
            assert not task.done()
            locked.stdin.close()
            assert await task == (3,)

    run(core, main)


def test_two_that_wait_for_each_other_are_told_at_once(core, sqlite, path):
    """sqlite does not wait when that would be in vain, and neither do the slices in which it waits here."""

    async def main():
        async with sqlite.connect(path, timeout=60) as one, sqlite.connect(path, timeout=60) as two:
            await one.execute("begin")
            await one.fetch_one("select * from t")
            await two.execute("begin immediate")
            await two.execute("delete from t where id = 1")
            commit = core.create_task(two.commit())  # waits until nobody reads
            await core.sleep_ms(20)
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                await core.wait_for(one.execute("delete from t where id = 2"), 5)
            await one.rollback()
            await commit

    run(core, main)


# Cancelled, and too late.


def test_a_statement_cancelled_before_it_starts_is_never_carried_out(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db:
            gate = await gated(db)
            first = core.create_task(db.fetch_one("select gate()"))
            await until(core, gate.entered)
            task = core.create_task(run_one(db, "delete from t"))
            await settle(core)
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            gate.go.set()
            assert await first == (1,)
            assert await db.fetch_one("select count(*) from t") == (3,)

    run(core, main)


async def run_one(db, sql):
    await db.execute(sql)


@pytest.mark.parametrize("streams", [0, 1])
@pytest.mark.parametrize("timed", [False, True])
def test_a_statement_that_runs_is_interrupted(core, sqlite, path, timed, streams):
    """The statement counts to 10 ** 9: without the interrupt the test would not end in time."""

    async def main():
        async with sqlite.connect(path) as db:
            started = await ticking(core, db)
            stream = await db.execute(NUMBERS.format(100_000)) if streams else None
            if timed:
                with pytest.raises(core.TimeoutError):
                    await db.fetch_one(LONG, timeout=0.05)
            else:
                task = core.create_task(db.fetch_one(LONG))
                await until(core, started)
                task.cancel()
                with pytest.raises(core.CancelledError):
                    await task
            assert started.is_set()
            assert await db.fetch_one("select count(*) from t") == (3,)
            if streams:  # which sqlite's interrupt would have ended
                assert len(await stream.fetchall()) == 100_001

    run(core, main)


def test_it_ends_before_its_task_does_and_its_changes_are_undone(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db:
            gate = await gated(db)
            task = core.create_task(run_one(db, "update t set word = gate()"))
            await until(core, gate.entered)
            task.cancel()
            await core.sleep_ms(20)
            assert not task.done()
            task.cancel()  # it can't be hurried
            await core.sleep_ms(5)
            assert not task.done()
            gate.go.set()
            with pytest.raises(core.CancelledError):
                await task
            assert gate.calls < 3
            assert await db.fetch_one("select count(*) from t where word like 't%'") == (2,)

    run(core, main)


def test_cancelled_as_it_ends(core, sqlite, path):
    """Whichever comes first: the caller has a result or a CancelledError, and nobody else is interrupted."""
    import random

    rng = random.Random(5)

    async def main():
        async with sqlite.connect(path) as db:
            for _ in range(150):
                task = core.create_task(db.fetch_one(NUMBERS.format(rng.randrange(300))))
                other = core.create_task(db.fetch_all(NUMBERS.format(500)))
                for _ in range(rng.randrange(6)):
                    await core.sleep_ms(0)
                task.cancel()
                results = await core.gather(task, return_exceptions=True)
                assert isinstance(results[0], core.CancelledError) or results[0] == (0,)
                assert len(await other) == 501

    run(core, main)


def test_a_fetch_that_is_cancelled_closes_its_cursor(core, sqlite):
    async def main():
        async with sqlite.connect(":memory:") as db:
            started = await ticking(core, db)
            cursor = await db.execute(f"{NUMBERS.format(199)} union all select * from ({LONG})")
            assert await cursor.fetchone() == (0,) and not started.is_set()
            task = core.create_task(cursor.fetchall())
            await until(core, started)
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            with pytest.raises(sqlite3.ProgrammingError, match="closed cursor"):
                await cursor.fetchone()
            assert await db.fetch_one("select 1") == (1,)

    run(core, main)


def test_interrupt_stops_what_runs(core, sqlite):
    async def main():
        async with sqlite.connect(":memory:") as db:
            started = await ticking(core, db)
            task = core.create_task(db.fetch_one(LONG))
            await until(core, started)
            db.interrupt()
            with pytest.raises(sqlite3.OperationalError, match="interrupted"):
                await task
            db.interrupt()  # nothing runs
            assert await db.fetch_one("select 1") == (1,)

    run(core, main)


def test_the_time_in_line_counts(core, sqlite, path):
    async def main():
        async with sqlite.connect(path) as db, db.transaction():
            task = context_free(core, lambda: db.fetch_one("select 1", timeout=0.02))
            with pytest.raises(core.TimeoutError):
                await task
            await db.execute("delete from t")

    run(core, main)


def test_a_backup_is_stopped_between_two_steps(core, sqlite, path, tmp_path):
    """The target is locked, so that without it the backup would try for ever."""

    async def main():
        async with sqlite.connect(path) as db:
            with sqlite3.connect(tmp_path / "copy.db", isolation_level=None) as other:
                other.execute("create table u (a)")
                other.execute("begin exclusive")
                began = time.monotonic()
                with pytest.raises(core.TimeoutError):
                    await db.backup(tmp_path / "copy.db", timeout=0.05, sleep=0.01)
                task = core.create_task(db.backup(tmp_path / "copy.db", sleep=0.01))
                await core.sleep_ms(20)
                task.cancel()
                with pytest.raises(core.CancelledError):
                    await task
                assert time.monotonic() - began < 2, "sqlite itself would wait for the lock, 5 s each time"
                other.execute("rollback")
            other.close()
            assert await db.fetch_one("select 1") == (1,)

    run(core, main)


# The end.


def test_a_stream_left_early_ends_its_statement(core, sqlite, path):
    """Left open it would hold a lock on the file, and nobody could write."""

    async def main():
        async with sqlite.connect(path) as db, sqlite.connect(path, timeout=1) as writer:
            await db.executemany("insert into t (word) values (?)", (("x",) for _ in range(5000)))
            await db.commit()
            async for _ in db.execute("select * from t"):
                break
            await db.fetch_one("select 1")
            assert db._database.streams == 0  # or no interrupt would be quick any more
            await writer.execute_commit("delete from t where id = 1")
            async with db.execute("select * from t") as cursor:
                async for _ in cursor:
                    break
            await writer.execute_commit("delete from t where id = 2")

    run(core, main)


def test_close_in_every_state(core, sqlite, path):
    async def main():
        db = sqlite.connect(path)
        await db.close()
        with pytest.raises(sqlite3.ProgrammingError):
            await db
        with pytest.raises(sqlite3.ProgrammingError, match="await it"):
            await sqlite.connect(path).fetch_one("select 1")
        db = await sqlite.connect(path)
        cursor = await db.execute(NUMBERS.format(5000))
        await db.execute("delete from t")  # and no commit
        await core.gather(db.close(), db.close())
        await db.close()
        for call in (db.fetch_one("select 1"), db.commit(), cursor.fetchall(), db.backup("x")):
            with pytest.raises(sqlite3.ProgrammingError):
                await call
        await cursor.close()
        with pytest.raises(sqlite3.ProgrammingError):
            db.execute("select 1")

    run(core, main)
    assert threads() == []
    with sqlite3.connect(path) as db:
        assert db.execute("select count(*) from t").fetchone() == (3,)
    db.close()


def test_close_waits_for_what_was_asked_before(core, sqlite, path):
    async def main():
        db = await sqlite.connect(path)
        gate = await gated(db)
        first = core.create_task(db.fetch_one("select gate()"))
        second = core.create_task(db.fetch_one("select 2"))
        await until(core, gate.entered)
        closing = core.create_task(db.close())
        await core.sleep_ms(10)
        assert not closing.done()
        with pytest.raises(sqlite3.ProgrammingError):
            await db.fetch_one("select 3")
        gate.go.set()
        await closing
        assert [await first, await second] == [(1,), (2,)]

    run(core, main)


def test_close_with_a_time_limit_interrupts(core, sqlite):
    async def main():
        db = await sqlite.connect(":memory:")
        started = await ticking(core, db)
        first = core.create_task(db.fetch_one(LONG))
        second = core.create_task(db.fetch_one("select 2"))
        await until(core, started)
        await db.close(0.02)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            await first
        with pytest.raises(sqlite3.ProgrammingError):
            await second

    run(core, main)
    assert threads() == []


def test_a_close_that_is_cancelled_closes_all_the_same(core, sqlite):
    async def main():
        db = await sqlite.connect(":memory:")
        gate = await gated(db)
        first = core.create_task(db.fetch_one("select gate()"))
        await until(core, gate.entered)
        closing = core.create_task(db.close())
        await settle(core)
        closing.cancel()
        await settle(core)
        gate.go.set()
        with pytest.raises(core.CancelledError):
            await closing
        assert await first == (1,)
        await db.close()

    run(core, main)
    assert threads() == []


def test_closed_within_a_transaction_of_another_task(core, sqlite, path):
    async def main():
        db = await sqlite.connect(path)
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            async with db.transaction():
                await db.execute("delete from t")
                waiting = context_free(core, db.fetch_one, "select 1")
                await settle(core)
                await context_free(core, db.close)
                await db.execute("delete from t")
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            await waiting

    run(core, main)
    with sqlite3.connect(path) as db:
        assert db.execute("select count(*) from t").fetchone() == (3,)
    db.close()


def test_one_that_is_dropped_unclosed_says_so_and_its_thread_ends(core, sqlite, path):
    async def main():
        db = await sqlite.connect(path)
        await db.execute("delete from t")
        thread = next(t for t in threading.enumerate() if t.name.startswith("sqlite "))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del db
            gc.collect()
        assert [w.category for w in caught] == [ResourceWarning] and "test.db" in str(caught[0].message)
        thread.join(5)
        assert not thread.is_alive()

    run(core, main)
    with sqlite3.connect(path, timeout=0) as db:  # rolled back, and no lock is left
        assert db.execute("select count(*) from t").fetchone() == (3,)
        db.execute("delete from t")
    db.close()


def test_a_program_that_ends_without_close_ends(offload, sqlite, path, tmp_path):
    program = (
        f"from {sqlite.__name__.split('.')[0]} import core\n"
        "import sys\n"
        f"import {sqlite.__name__} as sqlite\n"
        "async def main():\n"
        "    global db\n"
        "    db = await sqlite.connect(sys.argv[1])\n"
        f"    core.create_task(db.fetch_one({COUNT!r}))\n"
        "    await core.sleep_ms(20)\n"
        "core.run(main())\n"
    )
    if sqlite.__name__.startswith("twincore_pure"):
        program = "from twincore.desktop import pure; pure.install()\n" + program
    subprocess.run([sys.executable, "-c", program, path], timeout=20, check=True)


def test_more_statements_than_the_line_holds(core, sqlite, path):
    """Those that find no room keep their place before a BEGIN that comes later."""

    async def insert(db, n):
        await db.execute("insert into t (id) values (?)", (n,))

    async def block(db):
        with pytest.raises(KeyError):
            async with db.transaction():
                await settle(core)
                raise KeyError

    async def main():
        async with sqlite.connect(path, isolation_level=None) as db:
            await db.execute("pragma synchronous = off")
            tasks = [core.create_task(insert(db, n)) for n in range(100, 1400)]
            tasks.append(core.create_task(block(db)))
            tasks += [core.create_task(insert(db, n)) for n in range(1400, 1500)]
            await core.gather(*tasks)
            assert await db.fetch_one("select count(*) from t") == (1403,)

    run(core, main, limit=60)
