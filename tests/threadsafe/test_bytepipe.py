"""BytePipe: every byte once and in order, as many as fit, whoever waits, gives up or closes it."""

import pytest

from support import CPYTHON, RP2, in_line, run, start_thread, submodule, ticks_diff, ticks_ms


def make(threadsafe, size, trigger=1):
    return submodule(threadsafe, "bytepipe").BytePipe(size, trigger)


def incomplete(core):
    return submodule(core, "stream_errors").IncompleteReadError


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed & 0x3FFF

    def below(self, n):
        self.state = (self.state * 6069 + 1757) & 0x3FFF  # stays a small integer
        return (self.state >> 4) % n


def text(start, count):
    """`count` bytes of an endless pattern, from its byte `start` on; its length has no common factor with a pipe's."""
    return bytes([(n * 7 + n // 251) & 0xFF for n in range(start, start + count)])


# The ring.


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_it_holds_exactly_its_size_and_counts_what_had_no_room(threadsafe, size):
    pipe = make(threadsafe, size)
    assert (pipe.any(), pipe.room(), pipe.lost) == (0, size, 0)
    for turn in range(1, 5):  # wherever in the ring it begins
        assert pipe.write(text(turn, size + 3)) == size
        assert (pipe.any(), pipe.room(), pipe.lost) == (size, 0, 4 * turn - 1)
        assert pipe.write(b"x") == 0
        assert pipe.lost == 4 * turn
        assert pipe.take() == text(turn, size)
        assert pipe.take() == b"" and pipe.any() == 0
        assert pipe.write(b"y") == 1 and pipe.take(5) == b"y"


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("size", [1, 3, 33, 100])
def test_whatever_is_written_and_taken_comes_out_as_it_went_in(threadsafe, size):
    pipe = make(threadsafe, size)
    random = Random(size)
    written = read = 0
    for _ in range(100 if RP2 else 1000):
        count = random.below(size + 20)
        written += pipe.write(text(written, count))
        count = random.below(size + 20)
        data = pipe.take(count)
        assert len(data) == min(count, written - read)
        assert data == text(read, len(data))
        read += len(data)
        assert pipe.any() == written - read == size - pipe.room()
    assert read > size


@pytest.mark.rp2040(seeds=1)
def test_bytes_bytearrays_and_memoryviews_are_written_or_their_first_bytes(threadsafe):
    pipe = make(threadsafe, 200)
    pipe.write(b"ab")
    pipe.write(bytearray(b"cd"))
    pipe.write(memoryview(b"xefx")[1:3])
    pipe.write(b"ghi", 1)
    pipe.write(b"zz", 0)
    pipe.write(b"hij", 9)
    long = text(0, 100)
    pipe.write(long, 40)
    assert pipe.take() == b"abcdefghij" + long[:40]
    assert pipe.lost == 0


@pytest.mark.rp2040(seeds=1)
def test_the_counters_go_round(core, threadsafe):
    pipe = make(threadsafe, 5, 3)
    pipe._head = pipe._tail = pipe._seen = pipe._flushed = pipe._wrap - 7
    for turn in range(6):
        assert pipe.write(b"abcde") == 5 and pipe.room() == 0
        assert pipe.read_sync(2, 0) == b"ab"
        pipe.write(b"f")
        assert pipe.read_sync(9, 0) == b"cdef"
        pipe.write(b"gh")
        with pytest.raises(core.TimeoutError):
            pipe.read_sync(9, 0)
        pipe.flush()
        assert pipe.read_sync(9, 0) == b"gh", turn
    assert pipe._head < 100


@pytest.mark.parametrize("size", [0, -1, (1 << 24) + 1, 2.5, "a", None])
def test_a_size_that_can_t_be_is_refused(threadsafe, size):
    with pytest.raises(ValueError, match="1 byte or more"):
        make(threadsafe, size)


@pytest.mark.parametrize("trigger", [0, -1, 9, 1.5, "a"])
def test_a_trigger_that_can_t_be_reached_is_refused(threadsafe, trigger):
    with pytest.raises(ValueError, match="no more than the pipe holds"):
        make(threadsafe, 8, trigger)


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_negative_timeout_or_nan_is_refused(threadsafe, timeout):
    pipe = make(threadsafe, 8)
    for call in (
        lambda: pipe.read_sync(1, timeout),
        lambda: pipe.write_sync(b"x", timeout),
        lambda: pipe.wait_sync(pipe.readline(), timeout),
        lambda: pipe.read(1, timeout),
        lambda: pipe.drain(timeout),
    ):
        with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
            call()
    assert pipe.any() == 0


# Reading.


@pytest.mark.rp2040(seeds=1)
def test_a_thread_writes_and_an_idle_loop_s_task_reads(core, threadsafe):
    pipe = make(threadsafe, 16)

    async def main():
        for n in range(5):
            thread = start_thread(pipe.write, text(n, 10))
            assert await pipe.readexactly(10) == text(n, 10)
            thread.join()

    run(core, main, limit=None)


@pytest.mark.rp2040(seeds=1)
def test_a_task_writes_and_a_thread_reads(core, threadsafe):
    pipe = make(threadsafe, 16)

    def work():
        got = []
        got.append(pipe.read_sync(4))
        got.append(pipe.wait_sync(pipe.readexactly(20)))
        got.append(pipe.wait_sync(pipe.readline(), 5))
        got.append(pipe.read_sync())
        return got

    async def main():
        thread = start_thread(work)
        await pipe.awrite(b"abcd")
        await pipe.drain()
        await pipe.awrite(text(0, 20))
        await pipe.awrite(b"a line\nand ")
        await pipe.awrite(b"the rest, which is longer than the pipe")
        await pipe.drain()
        pipe.close()
        return thread.join()

    assert run(core, main, limit=None) == [
        b"abcd",
        text(0, 20),
        b"a line\n",
        b"and the rest, which is longer than the pipe",
    ]


def test_a_read_gives_what_there_is_up_to_as_many_as_asked(core, threadsafe):
    pipe = make(threadsafe, 16)

    async def main():
        pipe.write(b"abcdef")
        assert await pipe.read(0) == b""
        assert await pipe.read(4) == b"abcd"
        assert await pipe.read(4) == b"ef"
        buf = bytearray(b"....")
        pipe.write(b"123456")
        assert await pipe.readinto(buf) == 4 and buf == b"1234"
        assert await pipe.readinto(buf) == 2 and buf == b"5634"
        assert await pipe.readinto(bytearray()) == 0
        assert await pipe.readexactly(0) == b""
        with pytest.raises(ValueError, match="0 bytes or more"):
            pipe.readexactly(-1)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_the_reader_is_woken_at_the_trigger_and_not_before(core, threadsafe):
    pipe = make(threadsafe, 16, 4)
    log = []

    async def reader(n):
        while True:
            log.append(await pipe.read(n))

    async def main():
        task = core.create_task(reader(8))
        await settle(core)
        bell = core.get_event_loop().bell
        for byte in (b"a", b"b", b"c"):
            pipe.write(byte)
            assert not bell.pending  # nobody is even woken
            await settle(core)
            assert log == []
        pipe.write(b"d")
        await settle(core)
        assert log == [b"abcd"]
        pipe.write(b"e")
        await settle(core)
        assert log == [b"abcd"]
        pipe.write(b"fghijklmn")
        await settle(core)
        assert log == [b"abcd", b"efghijkl"]
        pipe.flush()
        await settle(core)
        assert log.pop() == b"mn"
        task.cancel()
        await settle(core)
        task = core.create_task(reader(2))  # fewer than the trigger: it is woken by as many as it wants
        await settle(core)
        pipe.write(b"xy")
        await settle(core)
        assert log.pop() == b"xy"
        task.cancel()

    run(core, main)


def test_a_flush_counts_for_what_was_written_before_it(core, threadsafe):
    pipe = make(threadsafe, 16, 4)

    async def main():
        pipe.flush()
        pipe.write(b"ab")
        with pytest.raises(core.TimeoutError):
            await pipe.read(8, timeout=0.002)
        pipe.flush()
        assert await pipe.read(1) == b"a"
        assert await pipe.read(8) == b"b"  # flushed too
        pipe.write(b"c")
        with pytest.raises(core.TimeoutError):
            await pipe.read(8, timeout=0.002)

    run(core, main)


def test_a_full_pipe_wakes_its_reader_whatever_that_waits_for(core, threadsafe):
    pipe = make(threadsafe, 4, 4)
    pipe.write(b"abc")
    assert pipe.take(1) == b"a"

    async def main():
        task = core.create_task(pipe.read(4))
        await settle(core)
        assert not task.done()
        pipe.write(b"de")
        assert await task == b"bcde" and pipe.lost == 0
        task = core.create_task(pipe.readline())
        await settle(core)
        pipe.write(b"fghij")  # full, and no newline
        await settle(core)
        assert pipe.room() == 4 and pipe.lost == 1
        pipe.write(b"\n")
        assert await task == b"fghi\n"

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_lines_come_one_by_one_however_they_were_cut(core, threadsafe):
    pipe = make(threadsafe, 8)
    lines = [b"one\n", b"\n", b"a line longer than the pipe is\n", b"x\n", b"the end"]

    def write():
        data = b"".join(lines)
        random = Random(5)
        while data:
            count = 1 + random.below(6)
            pipe.write_sync(data[:count])
            data = data[count:]
        pipe.close()

    async def main():
        thread = start_thread(write)
        got = []
        while True:
            line = await pipe.readline()
            if not line:
                break
            got.append(line)
        thread.join()
        return got

    assert run(core, main, limit=None) == lines


@pytest.mark.rp2040(seeds=1)
def test_a_line_reader_is_woken_by_a_newline_and_on_micropython_not_by_a_short_write_without(core, threadsafe):
    pipe = make(threadsafe, 100)

    async def read():
        return await pipe.readline()

    async def main():
        bell = core.get_event_loop().bell
        task = core.create_task(read())
        await settle(core)
        for byte in b"no line":
            pipe.write(bytes([byte]))
            assert CPYTHON or not bell.pending
        pipe.write(b"!\n and more")
        assert bell.pending
        assert await task == b"no line!\n"

    run(core, main)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("kind", ["readline", "readexactly", "all"])
@pytest.mark.parametrize("give_up", ["cancel", "timeout"])
def test_what_a_read_had_collected_when_it_was_given_up_is_there_for_the_next(core, threadsafe, kind, give_up):
    pipe = make(threadsafe, 8, 8)

    async def read():
        if kind == "readline":
            return await pipe.readline()
        return await (pipe.readexactly(30) if kind == "readexactly" else pipe.read())

    async def main():
        task = core.create_task(read())
        await settle(core)
        for part in (b"12345", b"6789"):
            pipe.write(part)
            pipe.flush()
            await settle(core)
        assert pipe.room() == 8 and pipe.any() == 9 and pipe.lost == 0  # it collects more than the pipe holds
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        if give_up == "timeout":
            with pytest.raises(core.TimeoutError):
                await core.wait_for(read(), 0.002)
        assert await pipe.read(4, timeout=1) == b"1234"  # without waiting for the trigger
        pipe.write(b"ab\ncd")
        assert await pipe.readline() == b"56789ab\n"
        assert pipe.take() == b"cd"

    run(core, main)


@pytest.mark.parametrize("notified", [False, True])
def test_a_cancelled_read_takes_no_byte(core, threadsafe, notified):
    pipe = make(threadsafe, 8)

    async def read():
        return await pipe.read(4)

    async def main():
        task = core.create_task(read())
        await settle(core)
        if notified:
            pipe.write(b"abc")
        task.cancel()
        if not notified:
            await settle(core)
            pipe.write(b"abc")
        with pytest.raises(core.CancelledError):
            await task
        assert await pipe.read(8) == b"abc"
        task = core.create_task(read())
        await settle(core)
        pipe.write(b"d")
        assert await task == b"d"

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_thread_reads_no_longer_than_its_timeout(core, threadsafe):
    pipe = make(threadsafe, 8, 4)

    def work():
        for read in (lambda: pipe.read_sync(4, 0.02), lambda: pipe.wait_sync(pipe.readline(), 0.02)):
            start = ticks_ms()
            with pytest.raises(core.TimeoutError):
                read()
            assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        with pytest.raises(core.TimeoutError):
            pipe.read_sync(1, 0)
        return pipe.read_sync(4, 5)

    async def main():
        thread = start_thread(work)
        await core.sleep_ms(60)
        pipe.write(b"abcdef")
        return thread.join()

    assert run(core, main) == b"abcd"


def test_a_task_reads_no_longer_than_its_timeout_however_often_it_is_woken(core, threadsafe):
    pipe = make(threadsafe, 64)

    async def drip():
        while True:
            pipe.write(b"x")
            pipe.flush()
            await core.sleep_ms(2)

    async def main():
        task = core.create_task(drip())
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            await pipe.readexactly(1000, timeout=0.03)
        assert 28 <= ticks_diff(ticks_ms(), start) < 1000
        task.cancel()
        assert pipe.any() > 3

    run(core, main)


# Writing.


@pytest.mark.rp2040(seeds=1)
def test_a_write_waits_for_room_for_all_of_it(core, threadsafe):
    pipe = make(threadsafe, 8)

    async def write():
        await pipe.awrite(b"123456")

    async def main():
        pipe.write(b"abcd")
        task = core.create_task(write())
        await settle(core)
        assert not task.done() and pipe.any() == 4
        assert pipe.take(1) == b"a"
        assert not core.get_event_loop().bell.pending  # that is not enough: nobody is woken
        await settle(core)
        assert not task.done() and pipe.any() == 3
        assert await pipe.read(1) == b"b"
        await task
        assert pipe.any() == 8 and pipe.take() == b"cd123456"
        await pipe.awrite(b"")
        assert pipe.lost == 0

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_thread_s_write_waits_for_room_but_no_longer_than_its_timeout(core, threadsafe):
    pipe = make(threadsafe, 8)

    def work():
        pipe.write_sync(b"abcdef")
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            pipe.write_sync(b"ghi", 0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        assert pipe.any() == 6
        with pytest.raises(core.TimeoutError):
            pipe.write_sync(b"ghi", 0)
        pipe.write_sync(b"ghi", 5)
        return pipe.lost

    async def main():
        thread = start_thread(work)
        await core.sleep_ms(50)
        assert pipe.take(3) == b"abc"
        assert thread.join() == 0
        assert pipe.take() == b"defghi"

    run(core, main)


def test_a_write_given_up_put_nothing_in(core, threadsafe):
    pipe = make(threadsafe, 4)

    async def write():
        await pipe.awrite(b"xyz")

    async def main():
        for notified in (False, True):
            pipe.write(b"abc")
            task = core.create_task(write())
            await settle(core)
            if notified:
                assert pipe.take() == b"abc"
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            assert pipe.take() == (b"" if notified else b"abc")
        pipe.write(b"abc")
        with pytest.raises(core.TimeoutError):
            await pipe.awrite(b"xyz", timeout=0.002)
        assert pipe.take() == b"abc"

    run(core, main)


@pytest.mark.parametrize("trigger", [1, 6, 8])
def test_a_reader_below_its_trigger_and_a_writer_without_room_do_not_wait_for_each_other(core, threadsafe, trigger):
    pipe = make(threadsafe, 8, trigger)

    def read():
        data = b""
        while True:
            part = pipe.read_sync(8)
            if not part:
                return data
            data += part

    async def main():
        thread = start_thread(read)
        await core.sleep_ms(5)
        for n in range(0, 50, 5):
            await pipe.awrite(text(n, 5))
        await pipe.drain()
        assert pipe.any() == 0
        pipe.close()
        return thread.join()

    assert run(core, main, limit=None) == text(0, 50)


@pytest.mark.rp2040(seeds=1)
def test_drain_waits_until_everything_was_read(core, threadsafe):
    pipe = make(threadsafe, 8)
    done = []

    async def drain():
        await pipe.drain()
        done.append(1)

    async def main():
        await pipe.drain()
        pipe.write(b"abc")
        task = core.create_task(drain())
        await settle(core)
        assert pipe.take(2) == b"ab"
        await settle(core)
        assert not done
        assert pipe.take() == b"c"
        await task
        pipe.write(b"d")
        with pytest.raises(core.TimeoutError):
            await pipe.drain(0.002)

    run(core, main)


# Between the first look and the joining of the line.


class Line:
    """Stands for a pipe's line: `happens` once, right before somebody joins, so that no notification finds him."""

    def __init__(self, line, happens):
        self.line = line
        self.happens = happens
        self.any, self.leave, self.notify, self.notify_all = line.any, line.leave, line.notify, line.notify_all

    def join(self, waiter):
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        self.line.join(waiter)


@pytest.mark.parametrize("what", ["bytes", "flush", "close", "newline"])
def test_what_happens_while_a_reader_goes_to_sleep_is_seen(core, threadsafe, what):
    pipe = make(threadsafe, 8, 4)
    pipe.write(b"abc")
    happens = {
        "bytes": lambda: pipe.write(b"d"),
        "flush": pipe.flush,
        "close": pipe.close,
        "newline": lambda: pipe.write(b"\n"),
    }
    pipe.readers = Line(pipe.readers, happens[what])

    async def main():
        if what == "newline":
            return await pipe.readline()
        return await pipe.read(4)

    assert run(core, main, limit=2) == {"bytes": b"abcd", "newline": b"abc\n"}.get(what, b"abc")


@pytest.mark.parametrize("what", ["room", "close"])
def test_what_happens_while_a_writer_goes_to_sleep_is_seen(core, threadsafe, what):
    pipe = make(threadsafe, 8)
    pipe.write(b"abcdef")
    pipe.writers = Line(pipe.writers, pipe.close if what == "close" else lambda: pipe.take(1))

    async def main():
        if what == "close":
            with pytest.raises(threadsafe.QueueClosed):
                await pipe.awrite(b"ghi")
        else:
            await pipe.awrite(b"ghi")

    run(core, main, limit=2)
    assert pipe.take() == (b"abcdef" if what == "close" else b"bcdefghi")


@pytest.mark.micropython
def test_a_reader_that_begins_to_wait_for_a_newline_during_a_short_write_is_woken(core, threadsafe):
    pipe = make(threadsafe, 8)

    class Waiter:
        def __init__(self):
            self.bell = self
            self.next = self.previous = None
            self.rung = 0

        def ring(self, waiter):
            self.rung += 1

    class Data:
        def __init__(self, waiter):
            self.waiter = waiter

        def __len__(self):
            return 2

        def __getitem__(self, i):
            if i == 1:  # after the newline was looked at, before it can be read
                assert pipe._look(8, 10) == (0, False)
                pipe.readers.join(self.waiter)
            return b"\nx"[i]

    waiter = Waiter()
    pipe.write(Data(waiter))
    assert waiter.rung == 1 and pipe.take() == b"\nx"


# Who may not, and the end.


@pytest.mark.rp2040(seeds=1)
def test_blocking_the_loop_s_own_thread_is_refused_with_what_to_await(core, threadsafe):
    pipe = make(threadsafe, 1)

    async def main():
        with pytest.raises(core.WrongContextError, match="await pipe.read"):
            pipe.read_sync(1)
        pipe.write_sync(b"x")  # there is room
        with pytest.raises(core.WrongContextError, match="use `await`"):
            pipe.write_sync(b"x")
        assert pipe.read_sync(1) == b"x"

    run(core, main)


def test_a_second_task_that_would_wait_is_refused_and_the_first_is_served(core, threadsafe):
    pipe = make(threadsafe, 2)

    async def read():
        return await pipe.read(2)

    async def write():
        await pipe.awrite(b"cd")

    async def main():
        task = core.create_task(read())
        await settle(core)
        with pytest.raises(RuntimeError, match="only one may"):
            await pipe.read(1)
        pipe.write(b"ab")
        assert await task == b"ab"
        pipe.write(b"ab")
        task = core.create_task(write())
        await settle(core)
        with pytest.raises(RuntimeError, match="only one may"):
            await pipe.drain()
        assert pipe.take() == b"ab"
        await task
        assert pipe.take() == b"cd"

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_after_close_what_is_in_it_is_read_then_the_end(core, threadsafe):
    async def main():
        pipe = make(threadsafe, 16, 8)
        pipe.write(b"ab\nc")
        pipe.close()
        pipe.close()
        assert pipe.closed() is True
        with pytest.raises(threadsafe.QueueClosed):
            pipe.write(b"x")
        with pytest.raises(threadsafe.QueueClosed):
            await pipe.awrite(b"x")
        with pytest.raises(threadsafe.QueueClosed):
            await pipe.drain()
        assert await pipe.readline() == b"ab\n"
        assert await pipe.readline() == b"c"
        for _ in range(2):
            assert await pipe.readline() == b""
            assert await pipe.read(5) == b""
            assert await pipe.read() == b""
            assert await pipe.readinto(bytearray(3)) == 0
            assert pipe.take() == b""
        await pipe.drain()
        with pytest.raises(incomplete(core)) as caught:
            await pipe.readexactly(3)
        assert caught.value.partial == b"" and caught.value.expected == 3

    run(core, main)


@pytest.mark.parametrize("kind", ["read", "readinto", "readexactly", "readline", "all"])
@pytest.mark.parametrize("before", [b"", b"ab"])
def test_close_wakes_the_reader_in_a_task_or_a_thread(core, threadsafe, kind, before):
    def start(pipe):
        if kind == "readinto":
            return pipe.readinto(bytearray(9))
        if kind == "readexactly":
            return pipe.readexactly(9)
        if kind == "readline":
            return pipe.readline()
        return pipe.read(9 if kind == "read" else -1)

    async def task(pipe):
        try:
            return await start(pipe)
        except incomplete(core) as exc:
            return exc.partial

    def thread(pipe):
        try:
            return pipe.wait_sync(start(pipe))
        except incomplete(core) as exc:
            return exc.partial

    async def main():
        pipe, other = make(threadsafe, 16, 4), make(threadsafe, 16, 4)
        waiting = core.create_task(task(pipe))
        thread_waiting = start_thread(thread, other)
        while not (in_line(pipe.readers) and in_line(other.readers)):
            await core.sleep_ms(1)
        for each in (pipe, other):
            each.write(before)
            each.close()
        expected = len(before) if kind == "readinto" else before
        assert await waiting == expected
        assert thread_waiting.join() == expected

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_close_wakes_the_writer_in_a_task_or_a_thread(core, threadsafe):
    async def write(pipe):
        await pipe.awrite(b"x")

    async def main():
        pipe, other = make(threadsafe, 2), make(threadsafe, 2)
        pipe.write(b"ab")
        other.write(b"ab")
        task = core.create_task(write(pipe))
        thread = start_thread(other.write_sync, b"x")
        while not (in_line(pipe.writers) and in_line(other.writers)):
            await core.sleep_ms(1)
        pipe.close()
        other.close()
        with pytest.raises(threadsafe.QueueClosed):
            await task
        with pytest.raises(threadsafe.QueueClosed):
            thread.join()
        assert pipe.take() == other.take() == b"ab"

    run(core, main)


# Under load.


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("size", [1, 5, 64])
@pytest.mark.parametrize("direction", ["to task", "to thread"])
def test_every_byte_once_and_in_order_whatever_both_sides_do(core, threadsafe, size, direction):
    total = (150 if size == 1 else 600) if RP2 else (1500 if size == 1 else 6000)
    pipe = make(threadsafe, size, (size + 1) // 2)
    data = text(0, total)

    def write_thread():
        random, at = Random(size), 0
        while at < total:
            part = data[at : at + 1 + random.below(2 * size)]
            kind = random.below(3)
            if kind == 0:
                at += pipe.write(part)
                continue
            if kind == 1 and len(part) <= size:
                try:
                    pipe.write_sync(part, timeout=0.0005 * random.below(3))
                except core.TimeoutError:
                    continue
            else:
                pipe.write_sync(part)
            at += len(part)
        pipe.close()

    def read_thread():
        random, got = Random(size + 1), b""
        while True:
            kind = random.below(4)
            try:
                if kind == 0:
                    part = pipe.read_sync(1 + random.below(size), timeout=0.0005 * random.below(3))
                elif kind == 1:
                    part = pipe.wait_sync(pipe.readexactly(1 + random.below(2 * size)))
                elif kind == 2:
                    part = pipe.wait_sync(pipe.readline())
                else:
                    part = pipe.read_sync(size)
            except core.TimeoutError:
                continue
            except incomplete(core) as exc:
                return got + exc.partial
            if not part:
                return got
            got += part

    async def write_task():
        random, at = Random(size + 2), 0
        while at < total:
            part = data[at : at + 1 + random.below(2 * size)]
            if random.below(2) and len(part) <= size:
                try:
                    await pipe.awrite(part, timeout=0.0005 * random.below(3))
                except core.TimeoutError:
                    continue
            else:
                await pipe.awrite(part)
            at += len(part)
            if random.below(10) == 0:
                await pipe.drain()
        pipe.close()

    async def read_task():
        random, got = Random(size + 3), b""
        buf = bytearray(2 * size)
        while True:
            kind = random.below(5)
            try:
                if kind == 0:
                    part = await pipe.read(1 + random.below(size), timeout=0.0005 * random.below(3))
                elif kind == 1:
                    part = await pipe.readexactly(1 + random.below(2 * size))
                elif kind == 2:
                    part = await pipe.readline()
                elif kind == 3:
                    part = bytes(buf[: await pipe.readinto(buf)])
                else:
                    part = await pipe.read(size)
            except core.TimeoutError:
                continue
            except incomplete(core) as exc:
                return got + exc.partial
            if not part:
                return got
            got += part

    async def main():
        if direction == "to task":
            thread = start_thread(write_thread)
            got = await read_task()
            thread.join()
        else:
            thread = start_thread(read_thread)
            await write_task()
            got = thread.join()
        return got

    got = run(core, main, limit=None)
    assert len(got) == total and got == data


@pytest.mark.cpython
def test_a_signal_handler_writes(core, threadsafe):
    import signal

    pipe = make(threadsafe, 8)

    async def read():
        return await pipe.read(8)

    old = signal.signal(signal.SIGALRM, lambda number, frame: pipe.write(b"alarm"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert run(core, read) == b"alarm"
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert pipe.read_sync(8, 5) == b"alarm"
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("count", [1, 20, 50])
def test_writing_allocates_nothing_and_works_with_the_heap_locked_whoever_waits(core, threadsafe, count):
    import micropython

    pipe = make(threadsafe, 60, count)
    full = make(threadsafe, 4)
    closed = make(threadsafe, 4)
    closed.close()
    data = text(3, count)

    def locked():
        micropython.heap_lock()
        try:
            assert pipe.write(data) == count
            full.write(data)
            try:
                closed.write(data)
            except threadsafe.QueueClosed:
                return
            raise AssertionError
        finally:
            micropython.heap_unlock()

    async def main():
        locked()
        assert await pipe.read(count) == data
        for _ in range(3):
            task = core.create_task(read())
            await settle(core)
            locked()
            assert await task == data

    async def read():
        return await pipe.read(count)

    run(core, main, limit=None)
    assert full.lost == 4 * count - 4 and full.take() == (data * 4)[:4]


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_an_interrupt_feeds_a_task(core, threadsafe):
    """On the board a hard pin interrupt, driven by PWM through the wire from pin 2 to pin 3."""
    if not RP2:
        pytest.skip("this port has no interrupts")
    from machine import PWM, Pin

    pipe = make(threadsafe, 64, 8)
    frame = bytearray(3)
    count = [0]

    def edge(pin):
        n = count[0]
        frame[0] = n
        frame[1] = n ^ 0xFF
        frame[2] = 10
        if n < 60 and pipe.room() >= 3:
            pipe.write(frame)
            count[0] = n + 1
        else:
            pipe.flush()

    async def main():
        pin = Pin(3, Pin.IN)
        pin.irq(edge, Pin.IRQ_RISING, hard=True)
        pwm = PWM(Pin(2), freq=1500, duty_u16=32768)
        for n in range(60):
            assert await pipe.readexactly(3) == bytes([n, n ^ 0xFF, 10])
        pwm.deinit()
        pin.irq(None)

    run(core, main, limit=30)
    assert pipe.lost == 0 and pipe.any() == 0
