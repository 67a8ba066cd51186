"""offload.open and its like: Python's files, awaited; where the position is, and who is cancelled in which moment."""

import contextlib
import ctypes
import errno
import mmap
import os
import subprocess
import sys
import threading
import time
import warnings

import pytest

from support import run, submodule

pytestmark = pytest.mark.cpython

LINES = [f"line {n} äöü€𝄞"[: 6 + n % 9] + "\n" for n in range(5000)]
MODES = ("r", "rb")


@pytest.fixture
def files(offload):
    return submodule(offload, "files_cpython")


@pytest.fixture
def path(tmp_path):
    """A file of 5000 lines, more than a block."""
    path = tmp_path / "lines.txt"
    path.write_text("".join(LINES), "utf-8")
    return path


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def arguments(mode):
    return {} if "b" in mode else {"encoding": "utf-8"}


async def until(core, true):
    while not true():
        await core.sleep_ms(1)


async def settle(core):
    for _ in range(8):
        await core.sleep(0)


async def ended(core, task):
    """Cancel it and wait for its end."""
    task.cancel()
    with pytest.raises(core.CancelledError):
        await task


def descriptors_of(path):
    """How many this process has of that file."""
    found = 0
    for fd in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{fd}") == str(path)
        except OSError:
            pass
    return found


def stand_still_until(true):
    """Block the loop, so that what ended meanwhile is not known to its task yet."""
    for _ in range(5000):
        if true():
            return
        time.sleep(0.001)
    raise AssertionError


@contextlib.asynccontextmanager
async def nothing_begins(core, f):
    """In the block tasks hand calls over to the thread, which is held up: none ends before all are there."""
    gate = threading.Event()
    held_up = core.create_task(wait_for(f._strand.assign(gate.wait)))
    try:
        await core.sleep(0)
        yield
        await core.sleep(0)
    finally:
        gate.set()
    stand_still_until(lambda: not f._strand._busy)
    assert not held_up.done()


class Gated:
    """Lines for `writelines` that keep its thread until they are let go."""

    def __init__(self):
        self.entered = threading.Event()
        self.go = threading.Event()

    def __iter__(self):
        self.entered.set()
        assert self.go.wait(10)
        yield b"gated"


def test_errors_are_those_of_open_and_read(core, offload, files, tmp_path):
    async def main():
        with pytest.raises(FileNotFoundError) as caught:
            await offload.read_bytes(tmp_path / "none")
        assert os.fspath(caught.value.filename) == str(tmp_path / "none")
        calls = offload.read_bytes, offload.read_text, files.open, lambda path: offload.write_text(path, "")
        for call in calls:
            with pytest.raises(IsADirectoryError):
                await call(tmp_path)
        with pytest.raises(FileNotFoundError):
            async with files.open(tmp_path / "none"):
                raise AssertionError
        with pytest.raises(ValueError, match="mode"):
            await files.open(tmp_path / "x", "q")
        (tmp_path / "x").write_bytes(b"\xff")
        with pytest.raises(UnicodeDecodeError):
            await offload.read_text(tmp_path / "x", "utf-8")

    run(core, main)


def test_a_full_disk_is_told_by_write_flush_or_close(core, offload, files):
    async def main():
        for write in (offload.write_bytes("/dev/full", b"x"), offload.write_text("/dev/full", "x")):
            with pytest.raises(OSError) as caught:
                await write
            assert caught.value.errno == errno.ENOSPC
        async with files.open("/dev/full", "wb", 0) as f:
            with pytest.raises(OSError, match="No space"):
                await f.write(b"x")
        f = await files.open("/dev/full", "wb")
        assert await f.write(b"x") == 1
        with pytest.raises(OSError, match="No space"):
            await f.flush()
        with pytest.raises(OSError, match="No space"):
            await f.close()
        assert f.closed
        await f.close()

    run(core, main)
    assert descriptors_of("/dev/full") == 0


# A file.


@pytest.mark.parametrize("mode", MODES)
def test_lines_by_async_for_are_those_of_the_file(core, offload, files, path, mode):
    async def main():
        hops = offload.pool("files").statistics()["done"]
        async with files.open(path, mode, **arguments(mode)) as f:
            lines = [line async for line in f]
            assert [line async for line in f] == []
        hops = offload.pool("files").statistics()["done"] - hops
        assert hops <= 2 + 2 + os.stat(path).st_size // 60_000 + 1
        return lines

    with open(path, mode, **arguments(mode)) as f:
        assert run(core, main) == f.readlines()


@pytest.mark.parametrize("mode", MODES)
def test_others_have_their_turns_however_many_lines_are_in_a_block(core, files, tmp_path, mode):
    path = tmp_path / "empty lines"
    path.write_bytes(b"\n" * 30_000)
    turns = []

    async def other():
        while True:
            turns.append(0)
            await core.sleep(0)

    async def main():
        async with files.open(path, mode) as f:
            task = core.create_task(other())
            count = 0
            async for _ in f:
                count += 1
                if turns:
                    turns[-1] += 1
            task.cancel()
            return count

    assert run(core, main) == 30_000
    assert max(turns) < 2 * submodule(core, "shared").TURN


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("newline", [None, "", "\r", "\r\n"])
def test_any_call_after_some_lines_finds_the_file_where_the_loop_stopped(core, files, tmp_path, mode, newline):
    path = tmp_path / "mixed"
    path.write_bytes("ä\r\nb\rc\n€€\n\r\n𝄞x\nlast".encode() * 3)
    more = {"newline": newline, **arguments(mode)} if mode == "r" else {}
    reads = {
        "read": lambda f: f.read(3), "readline": lambda f: f.readline(), "readlines": lambda f: f.readlines(4),
        "tell": lambda f: f.tell(), "all": lambda f: f.read(), "lines": lambda f: f.readlines(),
    }  # fmt: skip

    async def main():
        for count in range(6):
            for name, read in reads.items():
                with open(path, mode, **more) as plain:
                    for _ in range(count):
                        plain.readline()
                    expected = [read(plain), plain.readline(), plain.read()]
                async with files.open(path, mode, **more) as f:
                    left = count
                    if left:
                        async for _ in f:
                            left -= 1
                            if not left:
                                break
                    got = [await read(f), await f.readline(), await f.read()]
                assert got == expected, (count, name)

    run(core, main)


@pytest.mark.parametrize("mode", MODES)
def test_the_loop_goes_on_after_other_calls(core, files, path, mode):
    """Seeded: lines, reads and seeks in any order give what a plain file gives."""
    import random

    chance = random.Random(5)

    async def main(plain):
        async with files.open(path, mode, **arguments(mode)) as f:
            places = [0]
            for _ in range(300):
                what = chance.randrange(5)
                if what == 0:
                    size = chance.randrange(40)
                    assert await f.read(size) == plain.read(size)
                elif what == 1:
                    assert await f.readline(9) == plain.readline(9)
                elif what == 2:
                    place = await f.tell()
                    assert place == plain.tell()
                    places.append(place)
                elif what == 3:
                    place = chance.choice(places)
                    assert await f.seek(place) == plain.seek(place)
                else:
                    left = chance.randrange(1, 3000)
                    async for line in f:
                        assert line == plain.readline()
                        left -= 1
                        if not left:
                            break

    with open(path, mode, **arguments(mode)) as plain:
        run(core, main, plain)


def test_what_is_written_after_some_lines_goes_where_the_loop_stopped(core, files, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"one\ntwo\nthree\n")

    async def main():
        async with files.open(path, "r+b") as f:
            async for line in f:
                assert line == b"one\n"
                break
            assert await f.write(b"TWO") == 3
            assert await f.tell() == 7
            assert await f.readline() == b"\n"
            await f.writelines(iter([b"TH", b"REE"]))
            await f.flush()
            assert path.read_bytes() == b"one\nTWO\nTHREE\n"
            assert await f.seek(-2, 2) == 12
            assert await f.truncate() == 12
            assert await f.truncate(5) == 5
        async with files.open(path, "r+", encoding="utf-8") as f:
            async for _ in f:
                break
            await f.write("ä")
        assert path.read_text("utf-8") == "one\nä"

    run(core, main)


def test_readinto_and_what_needs_no_thread(core, files, path):
    async def main():
        buffer = bytearray(6)
        f = await files.open(str(path), "rb")
        first = await f.__anext__()
        assert await f.readinto(buffer) == 6
        assert bytes(first + buffer) == path.read_bytes()[: len(first) + 6]
        assert (f.name, f.mode, f.encoding, f.closed) == (str(path), "rb", None, False)
        assert (f.readable(), f.writable(), f.seekable(), f.isatty()) == (True, False, True, False)
        assert os.fstat(f.fileno()).st_size == path.stat().st_size
        assert str(path) in repr(f) and "open" in repr(f)
        await f.close()
        async with files.open(path, encoding="latin-1") as f:
            assert f.encoding == "latin-1"
            with pytest.raises(OSError, match="not writable"):
                await f.write("x")

    run(core, main)


def test_after_close_every_call_is_a_value_error(core, files, path):
    async def main():
        async with files.open(path, encoding="utf-8") as f:
            async for _ in f:
                break
        assert f.closed and descriptors_of(path) == 0
        calls = (
            f.read, f.readline, f.readlines, f.tell, f.flush, f.truncate, f.__anext__, lambda: f.seek(0),
            lambda: f.readinto(bytearray(1)), lambda: f.write(""), lambda: f.writelines([]),
        )  # fmt: skip
        for call in calls:
            with pytest.raises(ValueError, match="closed file"):
                await call()
        await f.close()

    run(core, main)


def test_calls_of_many_tasks_are_made_in_order_and_one_at_a_time(core, files, tmp_path):
    path = tmp_path / "x"

    async def main():
        async with files.open(path, "wb") as f:
            gated = Gated()
            first = core.create_task(wait_for(f.writelines(gated)))
            await until(core, gated.entered.is_set)
            rest = [core.create_task(wait_for(f.write(b"%d," % n))) for n in range(100)]
            await settle(core)
            rest[7].cancel()
            gated.go.set()
            results = await core.gather(first, *rest, return_exceptions=True)
            assert isinstance(results[8], core.CancelledError)
        assert path.read_bytes() == b"gated" + b"".join(b"%d," % n for n in range(100) if n != 7)

    run(core, main)


async def wait_for(awaitable):
    return await awaitable


@pytest.mark.parametrize("mode", MODES)
def test_tasks_that_share_a_loop_of_lines_get_each_once(core, files, path, mode):
    async def take(f, got):
        async for line in f:
            got.append(line)
            await core.sleep(0)

    async def main():
        got = []
        async with files.open(path, mode, **arguments(mode)) as f:
            await core.gather(*[take(f, got) for _ in range(4)])
        return got

    with open(path, mode, **arguments(mode)) as f:
        assert run(core, main) == f.readlines()


# Cancelled, late, stuck.


def test_a_file_opened_for_nobody_is_closed(core, offload, files, fifo):
    async def main():
        opening = core.create_task(wait_for(files.open(fifo)))
        await until(core, lambda: offload.pool("files").statistics()["running"] == 1)
        await ended(core, opening)
        with pytest.raises(core.TimeoutError):
            await files.open(fifo, timeout=0.01)
        fd = os.open(fifo, os.O_WRONLY)
        await until(core, lambda: offload.pool("files").statistics()["running"] == 0)
        with pytest.raises(BrokenPipeError):
            os.write(fd, b"x")
        os.close(fd)

    run(core, main)


@pytest.mark.parametrize("mode", MODES)
def test_what_a_cancelled_read_took_from_a_pipe_goes_to_the_next(core, files, mode):
    async def main():
        out, into = os.pipe()
        async with files.open(out, mode) as f:
            for call in (f.readline, f.read, f.readlines, f.__anext__):
                reading = core.create_task(wait_for(call()))
                await until(core, lambda: f._strand.running is not None)
                await ended(core, reading)
                os.write(into, b"one\ntwo\n")
                if call in (f.read, f.readlines):
                    break
                assert await f.readline() in ("one\n", b"one\n")
                assert await f.read(4) in ("two\n", b"two\n")
            os.close(into)
            assert await f._strand.assign(f._thread.fetch)  # a line is here, and what follows it is not in the pipe
            with pytest.raises(OSError):
                await f.tell()  # it goes back
            assert [line async for line in f] in (["one\n", "two\n"], [b"one\n", b"two\n"])

    run(core, main)


def test_a_cancelled_read_goes_back_before_what_its_caller_reads_next(core, files):
    async def main():
        for _ in range(1000):  # its thread rings, then gives back: two in a thousand were overtaken by the loop
            out, into = os.pipe()
            async with files.open(out) as f:
                reading = core.create_task(wait_for(f.readline()))
                await until(core, lambda: f._strand.running is not None)
                await ended(core, reading)
                os.write(into, b"one\ntwo\n")
                assert await f.readline() == "one\n"
                os.close(into)

    run(core, main)


def test_a_line_of_a_pipe_comes_when_it_is_there(core, files):
    async def main():
        out, into = os.pipe()
        async with files.open(out) as f:
            os.write(into, b"one\ntwo\nth")
            assert await f.__anext__() == "one\n"
            assert await f.__anext__() == "two\n"
            with pytest.raises(core.TimeoutError):
                await f.readline().options(timeout=0.01)
            os.write(into, b"ree\nfour")
            os.close(into)
            assert await f.__anext__() == "three\n"
            assert await f.read(2) == "fo"
            assert await f.readlines() == ["ur"]

    run(core, main)


@pytest.mark.parametrize("mode", MODES)
def test_a_cancelled_read_of_a_file_leaves_it_where_it_was(core, offload, files, path, mode):
    """Cancelled at whatever moment, seeded: before it began, while it runs, as it ends."""
    import random

    chance = random.Random(7)

    async def main():
        got = []
        cancelled = 0
        async with files.open(path, mode, **arguments(mode)) as f:
            while True:
                reading = core.create_task(wait_for(chance.choice((f.read, f.readline))(chance.randrange(20, 3000))))
                for _ in range(chance.randrange(12)):
                    await core.sleep(0)
                if chance.randrange(3):
                    reading.cancel()
                try:
                    data = await reading
                except core.CancelledError:
                    cancelled += 1
                    continue
                if not data:
                    break
                got.append(data)
        assert cancelled > 10
        return got[0][:0].join(got)

    with open(path, mode, **arguments(mode)) as f:
        assert run(core, main) == f.read()


@pytest.mark.parametrize("mode", MODES)
def test_a_read_that_has_just_ended_is_undone_unless_another_was_made_since(core, files, path, mode):
    text = path.read_text("utf-8") if mode == "r" else path.read_bytes()

    async def main():
        async with files.open(path, mode, **arguments(mode)) as f:
            async with nothing_begins(core, f):
                first = core.create_task(wait_for(f.read(10)))
            await ended(core, first)
            assert await f.read(10) == text[:10]
            async with nothing_begins(core, f):
                first = core.create_task(wait_for(f.read(10)))
                second = core.create_task(wait_for(f.read(10)))
            await ended(core, first)
            assert await second == text[20:30]
            assert await f.read(10) == text[30:40]

    run(core, main)


def test_a_close_that_has_just_failed_when_it_is_cancelled_is_printed(core, files, capsys):
    async def main():
        f = await files.open("/dev/full", "wb")
        await f.write(b"x")
        async with nothing_begins(core, f):
            closing = core.create_task(f.close())
        assert f._thread.raw.closed
        await ended(core, closing)

    run(core, main)
    assert capsys.readouterr().err.count("No space left") == 1


def test_a_stuck_pipe_holds_up_neither_its_close_nor_other_files(core, offload, files, path):
    async def main():
        out, into = os.pipe()
        f = await files.open(out)
        with pytest.raises(core.TimeoutError):
            async with f:
                await f.readline().options(timeout=0.01)
        assert f.closed
        assert len(await offload.read_bytes(path)) == path.stat().st_size
        assert not f._thread.raw.closed
        os.close(into)
        await until(core, lambda: f._thread.raw.closed)

    run(core, main)


def test_a_close_that_is_cancelled_or_late_closes_all_the_same(core, files, tmp_path):
    async def main():
        for late in (False, True):
            f = await files.open(tmp_path / "x", "wb")
            gated = Gated()
            writing = core.create_task(wait_for(f.writelines(gated)))
            await until(core, gated.entered.is_set)
            if late:
                with pytest.raises(core.TimeoutError):
                    await f.close(0.01)
            else:
                closing = core.create_task(f.close())
                await settle(core)
                await ended(core, closing)
            gated.go.set()
            await writing
            await until(core, lambda: f._thread.raw.closed)
            assert (tmp_path / "x").read_bytes() == b"gated"

    run(core, main)


def test_the_error_of_a_close_that_nobody_waits_for_is_printed(core, files, capsys):
    async def main():
        f = await files.open("/dev/full", "wb")
        gated = Gated()
        writing = core.create_task(wait_for(f.writelines(gated)))
        await until(core, gated.entered.is_set)
        closing = core.create_task(f.close())
        await settle(core)
        await ended(core, closing)
        gated.go.set()
        await writing
        await until(core, lambda: f._thread.raw.closed and f._strand.running is None)

    run(core, main)
    printed = capsys.readouterr().err
    assert "/dev/full" in printed and "No space left" in printed


def test_a_file_that_vanishes_is_read_to_its_end(core, files, path):
    content = path.read_bytes()

    async def main():
        async with files.open(path, "rb") as f:
            first = await f.readline()
            path.unlink()
            assert first + await f.read() == content
        with pytest.raises(FileNotFoundError):
            await files.open(path, "rb")

    run(core, main)


def test_its_pool_closed_a_file_can_be_closed_still(core, offload, files, path, tmp_path):
    async def main():
        async with offload.Pool(1) as pool:
            f = await files.open(tmp_path / "y", "wb", pool=pool)
            await f.write(b"kept")
            assert await offload.read_bytes(path, pool=pool) == path.read_bytes()
            assert pool.statistics()["done"] == 3
        with pytest.raises(offload.WorkerClosed):
            await f.write(b"x")
        await f.close()
        assert (tmp_path / "y").read_bytes() == b"kept"

    run(core, main)


def test_a_pool_closed_while_calls_wait_makes_them_or_says_so(core, offload, files, tmp_path):
    async def main():
        for drain in (True, False):
            pool = offload.Pool(1)
            f = await files.open(tmp_path / "z", "wb", pool=pool)
            gated = Gated()
            first = core.create_task(wait_for(f.writelines(gated)))
            await until(core, gated.entered.is_set)
            second = core.create_task(wait_for(f.write(b"2")))
            third = core.create_task(wait_for(f.write(b"3")))
            await settle(core)
            closing = core.create_task(pool.close(drain=drain))
            await settle(core)
            gated.go.set()
            await core.gather(first, second, third, closing)
            await f.close()
            assert (tmp_path / "z").read_bytes() == b"gated23"

    run(core, main)


def test_a_pool_given_up_fails_the_calls_that_wait_behind_the_stuck_one(core, offload, files, tmp_path):
    async def main():
        pool = offload.Pool(1)
        f = await files.open(tmp_path / "z", "wb", pool=pool)
        gated = Gated()
        tasks = [core.create_task(wait_for(f.writelines(gated)))]
        await until(core, gated.entered.is_set)
        tasks += [core.create_task(wait_for(f.write(b"2"))) for _ in range(3)]
        await settle(core)
        with pytest.raises(core.TimeoutError, match="writelines"):
            await pool.close(0.01)
        for task in tasks:
            with pytest.raises(offload.WorkerClosed):
                await task
        gated.go.set()
        await until(core, lambda: f._strand.running is None)
        await f.close()

    run(core, main)


def test_more_calls_than_the_pool_queues(core, offload, files, path):
    async def main():
        async with offload.Pool(2, qsize=1) as pool:
            opened = await core.gather(*[wait_for(files.open(path, "rb", pool=pool)) for _ in range(20)])
            lines = await core.gather(*[wait_for(f.readline()) for f in opened for _ in range(5)])
            await core.gather(*[f.close() for f in opened])
        assert lines == [line.encode() for line in LINES[:5]] * 20
        assert descriptors_of(path) == 0

    run(core, main)


def test_calls_that_find_no_room_keep_their_order_whoever_gives_up(core, offload, files, tmp_path):
    async def main():
        gate = threading.Event()
        async with offload.Pool(1, qsize=1) as pool:
            f = await files.open(tmp_path / "x", "wb", pool=pool)
            busy = [core.create_task(wait_for(pool.assign(gate.wait, 10))) for _ in range(2)]
            await until(core, lambda: pool.statistics()["running"] == 1)
            await settle(core)
            assert not pool.has_room()
            tasks = [core.create_task(wait_for(f.write(b"%d," % n))) for n in range(6)]
            late = core.create_task(wait_for(f.write(b"late").options(timeout=0.01)))
            tasks += [core.create_task(wait_for(f.write(b"%d," % n))) for n in range(6, 9)]
            await settle(core)
            for n in (0, 1, 4, 8):
                await ended(core, tasks[n])
            with pytest.raises(core.TimeoutError):
                await late
            gate.set()
            await core.gather(*busy, *[task for n, task in enumerate(tasks) if n not in (0, 1, 4, 8)])
            await f.close()
        assert (tmp_path / "x").read_bytes() == b"2,3,5,6,7,"
        assert not f._strand._refused and not f._strand._others.any() and not pool.putters.any()

    run(core, main)


def test_one_that_comes_when_there_is_room_again_does_not_overtake(core, offload, files, tmp_path):
    async def main():
        gate = threading.Event()
        async with offload.Pool(1, qsize=1) as pool:
            f = await files.open(tmp_path / "x", "wb", pool=pool)
            busy = [core.create_task(wait_for(pool.assign(gate.wait, 10))) for _ in range(2)]
            await until(core, lambda: pool.statistics()["running"] == 1)
            tasks = [core.create_task(wait_for(f.write(b"%d," % n))) for n in range(3)]
            await settle(core)
            gate.set()
            stand_still_until(pool.has_room)
            late = f.write(b"late")
            late.start()
            await core.gather(*busy, *tasks)
            await late
            await f.close()
        assert (tmp_path / "x").read_bytes() == b"0,1,2,late"

    run(core, main)


def test_one_whose_turn_comes_when_the_pool_is_full_is_made_there_and_then(core, offload, files, tmp_path):
    async def main():
        async with offload.Pool(1, qsize=1) as pool:
            f = await files.open(tmp_path / "x", "wb", pool=pool)
            gated = Gated()
            first = core.create_task(wait_for(f.writelines(gated)))
            await until(core, gated.entered.is_set)
            second = core.create_task(wait_for(f.write(b"2")))
            other = core.create_task(wait_for(pool.assign(len, "four")))
            await settle(core)
            assert not pool.has_room()
            gated.go.set()
            await core.gather(first, second, other)
            await f.close()
        assert (tmp_path / "x").read_bytes() == b"gated2"

    run(core, main)


def test_a_pool_that_withdraws_a_call_lets_the_file_be_closed(core, offload, files, path):
    async def main():
        gate = threading.Event()
        pool = offload.Pool(1)
        f = await files.open(path, "rb", pool=pool)
        busy = core.create_task(wait_for(pool.assign(gate.wait, 10)))
        await until(core, lambda: pool.statistics()["running"] == 1)
        tasks = [core.create_task(wait_for(f.read(1))) for _ in range(2)]
        await settle(core)
        closing = core.create_task(pool.close(drain=False))
        for task in tasks:
            with pytest.raises(offload.WorkerClosed):
                await task
        await f.close()
        gate.set()
        await core.gather(closing, busy)
        assert descriptors_of(path) == 0

    run(core, main)


def test_a_pool_closed_while_calls_find_no_room(core, offload, files, path):
    async def main():
        gate = threading.Event()
        pool = offload.Pool(1, qsize=1)
        f = await files.open(path, "rb", pool=pool)
        busy = [core.create_task(wait_for(pool.assign(gate.wait, 10))) for _ in range(2)]
        await until(core, lambda: pool.statistics()["running"] == 1)
        await settle(core)
        tasks = [core.create_task(wait_for(f.read(1))) for _ in range(4)]
        await settle(core)
        closing = core.create_task(pool.close())
        for task in tasks:
            with pytest.raises(offload.WorkerClosed):
                await task
        gate.set()
        await core.gather(closing, *busy)
        await f.close()
        assert descriptors_of(path) == 0

    run(core, main)


def test_files_of_two_loops_share_a_pool_under_load(core, offload, files, tmp_path):
    """Seeded: two loops in threads, each with files of its own and one that both write; some calls are cancelled."""
    import random

    from support import start_thread

    async def write(core, f, chance, name, written):
        for n in range(40):
            text = b"%s%d\n" % (name, n)
            writing = core.create_task(wait_for(f.write(text)))
            for _ in range(chance.randrange(4)):
                await core.sleep(0)
            if chance.randrange(4) == 0:
                writing.cancel()
            try:
                await writing
                written.append(text)
            except core.CancelledError:
                pass

    async def work(shared, pool, seed):
        chance = random.Random(seed)
        own = await files.open(tmp_path / str(seed), "wb", pool=pool)
        lists = [], [], []
        await core.gather(
            write(core, own, chance, b"a", lists[0]), write(core, shared, chance, b"%d-b" % seed, lists[1]),
            write(core, shared, chance, b"%d-c" % seed, lists[2]),
        )
        await own.close()
        for mine, file in ((lists[0], str(seed)),):
            lines = (tmp_path / file).read_bytes().splitlines(keepends=True)
            assert set(mine) <= set(lines) and sorted(lines, key=number) == lines
        return lists[1:]

    def number(line):
        return int(line.strip().rpartition(line[:1] if line[:1] == b"a" else b"-")[2].lstrip(b"bc"))

    async def main():
        async with offload.Pool(2, qsize=2) as pool:
            shared = await files.open(tmp_path / "shared", "wb", pool=pool)
            other = start_thread(run, core, work, shared, pool, 2)
            written = await work(shared, pool, 1)
            await until(core, lambda: other.finished)
            written += other.join()
            await shared.close()
        lines = (tmp_path / "shared").read_bytes().splitlines(keepends=True)
        assert len(set(lines)) == len(lines)
        for mine in written:
            prefix = mine[0][:3]
            assert set(mine) <= set(lines)
            of_it = [line for line in lines if line.startswith(prefix)]
            assert sorted(of_it, key=number) == of_it

    run(core, main)


def test_a_close_that_finds_no_room_and_is_cancelled_closes_all_the_same(core, offload, files, path):
    async def main():
        gate = threading.Event()
        async with offload.Pool(1, qsize=1) as pool:
            f = await files.open(path, "rb", pool=pool)
            busy = [core.create_task(wait_for(pool.assign(gate.wait, 10))) for _ in range(2)]
            await until(core, lambda: pool.statistics()["running"] == 1)
            await settle(core)
            closing = core.create_task(f.close())
            await settle(core)
            await ended(core, closing)
            gate.set()
            await core.gather(*busy)
        assert descriptors_of(path) == 0

    run(core, main)


def test_another_process_can_t_use_the_file(core, offload, files, path):
    async def main():
        pool = offload.Pool(1, executor="process")
        with pytest.raises(ValueError, match="threads are needed"):
            files.open(path, pool=pool)
        await pool.close()

    run(core, main)


def test_a_file_dropped_unclosed_gives_a_warning_and_is_closed(core, files, path):
    import gc

    async def main():
        f = await files.open(path, "rb")
        await f.readline()
        await core.sleep_ms(1)  # for the thread to let go of the call
        del f
        gc.collect()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        run(core, main)
        gc.collect()
    assert any("unclosed file" in str(warning.message) for warning in caught)
    assert descriptors_of(path) == 0


def test_tasks_of_asyncio_read_files(files, path):
    import asyncio

    async def main():
        async with files.open(path, encoding="utf-8") as f:
            lines = [line async for line in f]
            with pytest.raises(asyncio.TimeoutError):
                out, into = os.pipe()
                async with files.open(out) as g:
                    await asyncio.wait_for(wait_for(g.read()), 0.02)
            os.close(into)
            return lines

    assert asyncio.run(main()) == LINES


EXIT = """
import os
if PURE:
    from twincore.desktop import pure
    pure.install()
    from twincore_pure import core
    from twincore_pure.offload import files_cpython as files
else:
    from twincore import core
    from twincore.offload import files_cpython as files

async def reading(f):
    await f.read()

async def main():
    out, into = os.pipe()
    f = await files.open(out)
    core.create_task(reading(f))
    while f._strand.running is None:
        await core.sleep_ms(1)
    print("reads")

core.run(main())
"""


def test_a_stuck_read_does_not_keep_the_process_alive(variant):
    command = [sys.executable, "-c", f"PURE = {variant == 'plain'}\n{EXIT}"]
    done = subprocess.run(command, timeout=20, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "reads\n"), done.stderr


@pytest.mark.parametrize("then", ["goes on", "reads", "seeks"])
def test_bytes_that_are_no_text_cost_no_line_that_came_before(core, files, tmp_path, then):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"".join(b"line %d\n" % n for n in range(3000)) + b"bad \xff\n" + b"end\n" * 5000)
    want = []
    with open(path, encoding="utf-8") as file, pytest.raises(UnicodeDecodeError):
        for line in file:
            want.append(line)
    assert len(want) > 2000

    async def main():
        async with files.open(path, encoding="utf-8") as file:
            lines = []
            if then == "goes on":
                with pytest.raises(UnicodeDecodeError):
                    async for line in file:
                        lines.append(line)
                assert lines == want
                return
            async for line in file:
                lines.append(line)
                if len(lines) == len(want):
                    break
            assert lines == want
            if then == "reads":
                with pytest.raises(UnicodeDecodeError):
                    await file.read()
            else:
                await file.seek(0)
                assert await file.readline() == "line 0\n"

    run(core, main)


def test_a_place_before_bytes_that_are_no_text_is_kept(core, files, tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"a line of text\n" * 2000 + b"\xff\n")

    async def main():
        async with files.open(path, encoding="utf-8") as file:
            async for _ in file:
                break
            assert await file.tell() == 15
            assert await file.readline() == "a line of text\n"
            count = 2
            with pytest.raises(UnicodeDecodeError):
                async for _ in file:
                    count += 1
            assert count > 500

    run(core, main)


@pytest.fixture
def broken_disk():
    """(path, where lines begin, the lines): bytes in a file that ends with EIO. Here, memory before a hole."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    size = 8 * mmap.PAGESIZE
    access, kind = mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANON
    start = libc.mmap(None, size + mmap.PAGESIZE, access, kind, -1, 0)
    assert libc.munmap(start + size, mmap.PAGESIZE) == 0
    data = b"".join(b"line %d\n" % n for n in range(size))[: size - 5]
    lines = data[: data.rindex(b"\n") + 1]
    ctypes.memmove(start, data + b"and s", size)
    yield "/proc/self/mem", start, lines.splitlines(True)
    libc.munmap(start, size)


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file that ends with an input/output error")
@pytest.mark.parametrize("buffering", [-1, 0])
@pytest.mark.parametrize("then", ["goes on", "reads", "gives back"])
def test_a_disk_that_fails_costs_no_line_that_came_before(core, files, broken_disk, then, buffering):
    path, start, want = broken_disk

    async def main():
        async with files.open(path, "rb", buffering) as file:
            await file.seek(start)
            lines = []
            if then == "goes on":
                with pytest.raises(OSError) as caught:
                    async for line in file:
                        lines.append(line)
                assert caught.value.errno == errno.EIO and lines == want
                return
            async for line in file:
                lines.append(line)
                if len(lines) == (len(want) if then == "reads" else 5):
                    break
            if then == "reads":
                assert lines == want
                with pytest.raises(OSError) as caught:
                    await file.readline()
                assert caught.value.errno == errno.EIO
            else:
                assert await file.readline() == want[5]
                assert await file.tell() == start + sum(map(len, want[:6]))

    run(core, main)
