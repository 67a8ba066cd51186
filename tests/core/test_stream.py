"""Streams between tasks: what each read and write does, what a cancelled one leaves, and what ends them."""

import sys

import pytest

from support import CPYTHON, run, start_thread, watched


def limit(sock):
    """Small buffers in the system, so that little fills them."""
    import socket

    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF) if CPYTHON else (7, 8):
        sock.setsockopt(socket.SOL_SOCKET, option, 16384)


class Listener:
    """A listening socket on a free port, and connected pairs of sockets."""

    def __init__(self):
        import socket

        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        import os

        start = 20000 + int.from_bytes(os.urandom(2), "little") % 25000
        for port in range(start, 49000):
            self.address = socket.getaddrinfo("127.0.0.1", port)[0][-1]
            try:
                self.sock.bind(self.address)
                break
            except OSError:
                pass
        self.port = port
        limit(self.sock)
        self.sock.listen(100)

    def pair(self):
        import socket

        here = socket.socket()
        limit(here)
        here.connect(self.address)
        there, _ = self.sock.accept()
        here.setblocking(False)
        there.setblocking(False)
        return here, there


class Streams:
    """Two streams, the ends of one connection; `peer` is the socket of the second."""

    def __init__(self, core):
        listener = Listener()
        here, self.peer = listener.pair()
        listener.sock.close()
        self.here = core.Stream(here)
        self.there = core.Stream(self.peer)

    def fill(self):
        """Write without waiting until `here` has something that it can't send; returns all of it."""
        piece = bytes(range(256)) * 16
        sent = 0
        while not self.here._out.left():
            self.here.write(piece)
            sent += 1
        return piece * sent

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        for stream in (self.here, self.there):
            stream._out.clear()
            stream.close()


async def cancel(core, task):
    task.cancel()
    with pytest.raises(core.CancelledError):
        await task


def test_what_one_end_writes_the_other_reads(core):
    async def main():
        async with Streams(core) as ends:
            ends.here.write(b"some bytes")
            await ends.here.drain()
            assert await ends.there.read(4) == b"some"
            assert await ends.there.read(100) == b" bytes"
            assert await ends.there.read(0) == b""
            ends.there.write(bytearray(b"back"))
            ends.there.write(memoryview(b"-- and forth")[2:])
            ends.there.writelines((b"!", "?"))
            await ends.there.drain()
            assert await ends.here.readexactly(16) == b"back and forth!?"

    run(core, main)


def test_reading_to_the_end_gives_all_and_then_nothing(core):
    async def main():
        async with Streams(core) as ends:
            ends.here.write(b"all of it")
            ends.here.close()
            assert not ends.there.at_eof()
            assert await ends.there.read() == b"all of it"
            assert ends.there.at_eof()
            assert await ends.there.read() == b""
            assert await ends.there.read(5) == b""
            assert await ends.there.readline() == b""
            assert await ends.there.readinto(bytearray(5)) == 0
            with pytest.raises(EOFError):
                await ends.there.readexactly(1)

    run(core, main)


def test_readexactly_says_what_came_before_the_end(core):
    async def main():
        async with Streams(core) as ends:
            ends.here.write(b"short")
            ends.here.close()
            with pytest.raises(core.IncompleteReadError) as caught:
                await ends.there.readexactly(6)
            assert (caught.value.partial, caught.value.expected) == (b"short", 6)
            with pytest.raises(ValueError):
                await ends.there.readexactly(-1)

    run(core, main)


def test_lines_end_with_their_newline_the_last_may_lack_one(core):
    async def main():
        async with Streams(core) as ends:
            ends.here.write(b"one\n\ntwo\nthr")
            await ends.here.drain()
            assert await ends.there.readline() == b"one\n"
            assert await ends.there.readline() == b"\n"
            assert await ends.there.read(2) == b"tw"
            task = core.create_task(ends.there.readuntil(b"e\ne"))
            await core.sleep_ms(2)
            ends.here.write(b"e")
            await core.sleep_ms(2)
            ends.here.write(b"e\nee\n")
            assert await task == b"o\nthree\ne"
            ends.here.write(b"last")
            ends.here.close()
            lines = []
            async for line in ends.there:
                lines.append(line)
            assert lines == [b"e\n", b"last"]
            with pytest.raises(core.IncompleteReadError):
                await ends.there.readuntil(b"x")

    run(core, main)


def test_readinto_takes_what_is_there(core):
    async def main():
        async with Streams(core) as ends:
            buf = bytearray(6)
            ends.here.write(b"0123456789\nabc")
            assert await ends.there.readinto(buf) == 6
            assert buf == b"012345"
            assert await ends.there.readline() == b"6789\n"
            assert await ends.there.readinto(buf) == 3
            assert buf == b"abc345"

    run(core, main)


@pytest.mark.parametrize("how", ["read", "readexactly", "readline", "readuntil"])
def test_a_cancelled_read_leaves_what_had_come_for_the_next(core, how):
    async def main():
        async with Streams(core) as ends:
            there = ends.there
            aw = {
                "read": lambda: there.read(),
                "readexactly": lambda: there.readexactly(100),
                "readline": lambda: there.readline(),
                "readuntil": lambda: there.readuntil(b"xyz"),
            }[how]()
            task = core.create_task(aw)
            for part in (b"ab", b"cd"):
                ends.here.write(part)
                await core.sleep_ms(2)
            await cancel(core, task)
            ends.here.write(b"ef")
            assert await there.readexactly(6) == b"abcdef"

    run(core, main)


def test_a_second_reader_gets_an_error_and_the_first_reads_on(core):
    """Defect 18: upstream asserts, or silently replaces the first."""

    async def main():
        async with Streams(core) as ends:
            first = core.create_task(ends.there.readexactly(4))
            await core.sleep(0)
            ends.here.write(b"ab")
            await core.sleep_ms(2)
            for again in (ends.there.read(1), ends.there.readline(), ends.there.readinto(bytearray(1))):
                with pytest.raises(RuntimeError, match="another task already waits to read"):
                    await again
            ends.here.write(b"cd")
            assert await first == b"abcd"

    run(core, main)


@pytest.mark.parametrize("cancelled", ["reader", "writer"])
def test_cancelling_reader_or_writer_leaves_the_other_at_work(core, cancelled):
    """Defect 16: upstream drops both, and the other waits for ever."""

    async def main():
        async with Streams(core) as ends:
            text = ends.fill()
            reader = core.create_task(ends.here.readexactly(3))
            writer = core.create_task(ends.here.drain())
            await core.sleep_ms(2)
            await cancel(core, reader if cancelled == "reader" else writer)
            if cancelled == "reader":
                assert await ends.there.readexactly(len(text)) == text
                await writer
            else:
                ends.there.write(b"yes")
                assert await reader == b"yes"
                other = core.create_task(ends.here.drain())  # nothing was lost
                assert await ends.there.readexactly(len(text)) == text
                await other

    run(core, main)


def test_what_is_written_while_another_task_drains_is_sent_too(core):
    """Defect 26: upstream forgets it when that drain ends."""

    async def main():
        async with Streams(core) as ends:
            text = ends.fill()
            first = core.create_task(ends.here.drain())
            await core.sleep_ms(2)
            ends.here.write(b"of the second")
            second = core.create_task(ends.here.drain())
            await core.sleep_ms(2)
            ends.here.write(b", of nobody")
            assert await ends.there.readexactly(len(text) + 13) == text + b"of the second"
            await core.gather(first, second)
            await ends.here.drain()
            assert await ends.there.read(100) == b", of nobody"

    run(core, main)


def test_a_cancelled_drain_hands_the_sending_to_the_next(core):
    async def main():
        async with Streams(core) as ends:
            text = ends.fill()
            tasks = [core.create_task(ends.here.drain()) for _ in range(3)]
            await core.sleep_ms(2)
            await cancel(core, tasks[0])
            await cancel(core, tasks[1])
            assert await ends.there.readexactly(len(text)) == text
            await tasks[2]

    run(core, main)


def test_many_small_writes_arrive_in_order_and_cost_one_copy(core):
    """Defect 27: upstream copies all that waits at each write, and all that came at each read."""

    async def main():
        async with Streams(core) as ends:
            text = ends.fill()
            count = 200_000 if CPYTHON else 3_000
            for n in range(count):
                ends.here.write(b"%06d" % n)
            for n in range(3):  # by reference, between copies
                ends.here.write(b"[%d]" % n, copy=False)
            ends.here.write(b"end")
            ends.here.close()
            got = await ends.there.read()
            assert len(got) == len(text) + 6 * count + 12
            assert got[: len(text)] == text
            assert got[len(text) : -12] == b"".join([b"%06d" % n for n in range(count)])
            assert got[-12:] == b"[0][1][2]end"
            await ends.here.wait_closed()

    run(core, main, limit=60)


def test_without_copy_the_buffer_itself_is_sent(core):
    async def main():
        async with Streams(core) as ends:
            text = ends.fill()
            buf = bytearray(b"a" * 5000)
            ends.here.write(buf, copy=False)
            buf[0] = 98  # not allowed; here it shows what is sent
            copied = bytearray(b"c" * 10)
            ends.here.write(copied)
            copied[0] = 98
            drain = core.create_task(ends.here.drain())
            got = await ends.there.readexactly(len(text) + 5010)
            assert got[len(text) :] == b"b" + b"a" * 4999 + b"c" * 10
            await drain

    run(core, main)


def test_what_is_put_in_out_buf_is_sent_by_drain(core):
    """As players of sound do with MicroPython's own Stream, so that nothing is copied."""

    async def main():
        async with Streams(core) as ends:
            samples = memoryview(bytearray(b"abcdef" * 1000))
            ends.here.write(b"head ")
            for count in (6, 0, 6000):
                ends.here.out_buf = samples[:count]
                await ends.here.drain()
            assert await ends.there.readexactly(6011) == b"head abcdef" + b"abcdef" * 1000
            await ends.here.drain()

    run(core, main)


def test_a_big_transfer_both_ways_through_small_buffers_arrives_whole(core):
    size = 4_000_000 if CPYTHON else 300_000

    async def send(stream, piece):
        for _ in range(size // len(piece)):
            stream.write(piece)
            await stream.drain()

    async def receive(stream, piece):
        got = 0
        buf = bytearray(1000)
        while got < size:
            count = await stream.readinto(buf)
            for at in (0, count - 1):
                assert buf[at] == piece[(got + at) % len(piece)]
            got += count

    async def main():
        async with Streams(core) as ends:
            piece = bytes(range(250)) * 40
            ends_and_jobs = (send(ends.here, piece), receive(ends.here, piece))
            await core.gather(*ends_and_jobs, send(ends.there, piece), receive(ends.there, piece))

    run(core, main, limit=60)


def test_drain_and_read_let_others_run(core):
    log = []

    async def other():
        for n in range(5):
            log.append(n)
            await core.sleep(0)

    async def main():
        async with Streams(core) as ends:
            core.create_task(other())
            for n in range(3):
                ends.here.write(b"x")
                await ends.here.drain()
                assert len(log) > n

    run(core, main)


def test_closing_sends_what_was_written_first(core):
    """Defect 27: upstream's close does nothing and its wait_closed drops what was not sent."""

    async def main():
        async with Streams(core) as ends:
            text = ends.fill()
            ends.here.close()
            ends.here.close()
            assert ends.here.is_closing()
            with pytest.raises(OSError):
                ends.here.write(b"more")
            task = core.create_task(ends.here.wait_closed())
            await core.sleep_ms(2)
            await cancel(core, task)
            assert await ends.there.read() == text
            await ends.here.wait_closed()
            with pytest.raises(OSError):
                await ends.here.read(1)
            with pytest.raises(OSError):
                await ends.here.readline()

    run(core, main)


def test_a_reader_whose_stream_is_closed_gets_an_error(core):
    async def main():
        async with Streams(core) as ends:
            reader = core.create_task(ends.here.read(1))
            await core.sleep_ms(1)
            ends.here.close()
            with pytest.raises(OSError, match="closed"):
                await reader
            assert await ends.there.read() == b""
            assert watched(core.get_event_loop()) == 0

    run(core, main)


def test_a_broken_connection_is_an_error_for_who_writes_and_who_waits_for_the_close(core):
    async def main():
        async with Streams(core) as ends:
            ends.fill()
            task = core.create_task(ends.here.drain())
            await core.sleep_ms(1)
            ends.here.close()
            ends.there.close()  # with bytes unread: a reset
            with pytest.raises(OSError):
                await task
            with pytest.raises(OSError):
                await ends.here.wait_closed()
        async with Streams(core) as ends:
            ends.there.close()
            with pytest.raises(OSError):
                for _ in range(100):
                    ends.here.write(b"x")
                    await ends.here.drain()
                    await core.sleep_ms(1)
            with pytest.raises(OSError):
                ends.here.write(b"x")
            with pytest.raises(OSError):
                await ends.here.drain()
            await ends.here.wait_closed()

    run(core, main)


def test_upstreams_old_names_work(core):
    async def main():
        async with Streams(core) as ends:
            assert core.Stream is core.StreamReader is core.StreamWriter
            await ends.here.awrite(b"012345", 1, 3)
            await ends.here.awrite(b"abcdef", 4)
            await ends.here.awritestr("text")
            assert await ends.there.readexactly(9) == b"123eftext"
            stream = core.Stream(ends.here.s, {"peername": "somebody"})
            assert stream.get_extra_info("peername") == "somebody"
            assert stream.get_extra_info("other", 5) == 5
            with pytest.raises(KeyError):
                stream.get_extra_info("other")
            await ends.here.aclose()

    run(core, main)


def test_a_python_object_with_ioctl_is_a_stream(core):
    """On CPython too, where it is asked each millisecond."""
    import io

    class Device(io.IOBase):
        def __init__(self):
            self.incoming = b""
            self.written = b""
            self.room = 0

        def ioctl(self, request, flags):
            if request != 3:
                return -1
            return flags & ((1 if self.incoming else 0) | (4 if self.room else 0))

        def read(self, n):
            if not self.incoming:
                return None
            part, self.incoming = self.incoming[:n], self.incoming[n:]
            return part

        def readline(self):
            part, self.incoming = self.incoming, b""
            return part

        def write(self, buf):
            n = min(len(buf), self.room)
            self.written += bytes(buf[:n])
            self.room -= n
            return n

    async def main():
        device = Device()
        stream = core.Stream(device)
        reader = core.create_task(stream.readexactly(4))
        stream.write(b"0123456789")
        writer = core.create_task(stream.drain())
        await core.sleep_ms(3)
        device.incoming = b"abcdef"
        device.room = 7
        assert await reader == b"abcd"
        await core.sleep_ms(5)
        assert device.written == b"0123456"
        device.room = 50
        await writer
        assert device.written == b"0123456789"
        device.incoming = b"li"
        line = core.create_task(stream.readline())
        await core.sleep_ms(5)
        device.incoming = b"ne\n"
        assert await line == b"line\n"

    run(core, main)


@pytest.mark.cpython
@pytest.mark.parametrize("kind", ["pipe", "pty"])
def test_descriptors_are_streams(core, kind):
    import os
    import tty

    async def main():
        if kind == "pipe":
            reading, writing = os.pipe()
        else:
            reading, writing = os.openpty()
            tty.setraw(writing)
        reader, writer = core.Stream(reading), core.Stream(writing)
        first = core.create_task(reader.readline())
        await core.sleep_ms(1)
        writer.write(b"line\n")
        assert await first == b"line\n"
        text = bytes(range(256)) * 2000
        writer.write(text)
        task = core.create_task(writer.drain())
        assert await reader.readexactly(len(text)) == text
        await task
        await writer.wait_closed()
        assert await reader.read() == b""  # a pty says EIO
        await reader.wait_closed()
        with pytest.raises(OSError):
            os.fstat(reading)

    run(core, main)


@pytest.mark.cpython
def test_objects_with_a_descriptor_are_streams_and_others_are_refused(core, tmp_path):
    import os

    async def main():
        reading, writing = os.pipe()
        with open(reading, "rb", buffering=0) as file, open(writing, "wb", buffering=0) as out:
            reader, writer = core.Stream(file), core.Stream(out)
            writer.write(b"text")
            buf = bytearray(10)
            assert await reader.readinto(buf) == 4
            assert buf[:4] == b"text"
            await writer.wait_closed()
            assert await reader.read() == b""
            await reader.wait_closed()
            assert file.closed and out.closed
        with pytest.raises(TypeError, match="needs a socket"):
            core.Stream("text")
        with open(tmp_path / "file", "w+b") as file:
            with pytest.raises(OSError):
                await core.Stream(file).read(1)

    run(core, main)


@pytest.mark.cpython
def test_standard_streams_stay_blocking(core):
    import os
    import subprocess

    package = core.__name__
    code = (
        "from twincore.desktop import pure; pure.install()\n"
        f"from {package} import Stream, run\nimport os, sys\n"
        "async def main():\n"
        "    reader, writer = Stream(0), Stream(sys.stdout)\n"
        "    async for line in reader:\n"
        "        writer.write(line.upper() * 1000)\n"
        "        await writer.drain()\n"
        "    assert os.get_blocking(0) and os.get_blocking(1)\n"
        "run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"ab\ncd\n", capture_output=True, timeout=30)
    assert done.stdout == b"AB\n" * 1000 + b"CD\n" * 1000, done.stderr
    assert os.get_blocking(0)


@pytest.mark.cpython
def test_a_stream_given_up_is_closed_and_its_number_may_be_used_again(core):
    """Between two waits the system goes on watching a stream: nothing may be held by that."""
    import gc
    import os

    async def main():
        numbers = set()
        for n in range(6):
            reading, writing = os.pipe()
            numbers.add(reading)
            if n % 2:
                reader = core.Stream(reading)  # by its number: closed behind its back
            else:
                reader = core.Stream(open(reading, "rb", buffering=0))
            for text in (b"one", b"two"):
                task = core.create_task(reader.readexactly(3))
                await core.sleep_ms(1)
                os.write(writing, text)
                assert await task == text
            del task
            if n % 2:
                os.close(reading)
            else:
                del reader
                gc.collect()
                with pytest.raises(OSError):
                    os.fstat(reading)
            os.close(writing)
        assert len(numbers) < 6  # else this test shows nothing
        async with Streams(core) as ends:
            task = core.create_task(ends.here.read(1))
            await core.sleep_ms(1)
            task.cancel()
            await core.sleep_ms(1)
            ends.here.s.close()
            with pytest.raises((OSError, ValueError)):
                await core.wait_for(ends.here.read(1), 1)

    with pytest.warns(ResourceWarning):
        run(core, main)


def test_what_comes_while_nobody_reads_costs_an_idle_loop_nothing(core):
    async def main():
        async with Streams(core) as ends:
            ends.there.write(b"1")
            assert await ends.here.read(1) == b"1"
            text = ends.fill()
            drain = core.create_task(ends.here.drain())  # so that the loop watches this stream at all
            ends.there.write(b"nobody reads this yet")
            io = core.get_event_loop().io
            passes = []
            sleep = io.sleep
            io.sleep = lambda timeout: (passes.append(1), sleep(timeout))[1]
            await core.sleep_ms(50)
            assert len(passes) < 20
            drain.cancel()
            assert await ends.here.read(6) == b"nobody"
            assert len(text) > 6

    run(core, main)


def test_another_thread_may_not_touch_a_stream(core):
    def elsewhere(ends):
        for call in (lambda: ends.here.write(b"x"), ends.here.close):
            with pytest.raises(core.WrongContextError):
                call()

    async def main():
        async with Streams(core) as ends:
            ends.there.write(b"1")
            assert await ends.here.read(1) == b"1"
            start_thread(elsewhere, ends).join()
            ends.here.write(b"2")
            assert await ends.there.read(1) == b"2"

    run(core, main)


def test_lines_of_a_text_stream_are_bytes(core):
    """As MicroPython has it, whose `sys.stdin` is one; `read(n)` gives what that stream's own `read` does."""
    import io

    parts = ["fir", "st\nsec", "\u00f6nd\n", "rest", "", "abc", "x", "", "", "text"]

    class Text(io.IOBase):
        def ioctl(self, request, flags):
            return flags & 1 if request == 3 else -1

        def read(self, n):
            return parts.pop(0)

        def readline(self):
            return parts.pop(0)

    async def main():
        stream = core.Stream(Text())
        assert await stream.readline() == b"first\n"
        assert await stream.readline() == "sec\u00f6nd\n".encode()
        assert await stream.read() == b"rest"
        assert await stream.readexactly(3) == b"abc"
        assert await stream.readline() == b"x"
        assert await stream.readline() == b""
        assert await stream.read(9) == "text"

    run(core, main)


def test_what_a_device_took_in_part_is_asked_again_before_more_is_written(core):
    """A write method need not look whether there is room: `ioctl` tells that."""
    import io

    class OneAtATime(io.IOBase):
        def __init__(self):
            self.written = b""
            self.busy = False

        def ioctl(self, request, flags):
            if request != 3:
                return -1
            ready, self.busy = not self.busy, False  # it has sent what it had when it is asked again
            return flags & 4 if ready else 0

        def write(self, buf):
            assert not self.busy
            self.written += bytes(buf[:1])
            self.busy = True
            return 1

    async def main():
        device = OneAtATime()
        stream = core.Stream(device)
        stream.write(b"one by one")
        await stream.drain()
        assert device.written == b"one by one"

    run(core, main)


def test_a_uart_is_asked_for_no_more_than_has_come(core):
    """It would block all until it had that, or the next byte has not come for a while: what a board's does."""
    import io

    class Uart(io.IOBase):
        def __init__(self):
            self.came = b""
            self.asked = []

        def ioctl(self, request, flags):
            if request != 3:
                return -1
            return flags & 1 if self.came else 0

        def any(self):
            return len(self.came)

        def read(self, n):
            self.asked.append(n)
            part, self.came = self.came[:n], self.came[n:]
            return part

        def readinto(self, buf):
            part = self.read(len(buf))
            buf[: len(part)] = part
            return len(part)

    async def comes(uart, *parts):
        for part in parts:
            uart.came += part
            await core.sleep_ms(3)

    async def main():
        uart = Uart()
        stream = core.Stream(uart)
        feeding = core.create_task(comes(uart, b"abc", b"de", b"fghi", b"jk", b"lmn"))
        got = [await stream.read(100), await stream.readexactly(5)]
        buf = bytearray(10)
        count = await stream.readinto(buf)
        got.append(bytes(buf[:count]))
        while len(b"".join(got)) < 14:
            got.append(await stream.read(100))
        await feeding
        return got, uart.asked

    got, asked = run(core, main)
    assert b"".join(got) == b"abcdefghijklmn" and got[0] == b"abc" and got[1] == b"defgh"
    assert max(asked) <= 5
