"""A Stream over BytePipes: what a Stream promises, without anybody being asked whether there is something."""

import pytest

from support import CPYTHON, MICROPYTHON, RP2, run, start_thread, submodule


class Line:
    """Two pipes, and a stream on one side of them."""

    def __init__(self, core, threadsafe, size=16, polled=False, trigger=1):
        module = submodule(threadsafe, "pipestream")
        make = submodule(threadsafe, "bytepipe").BytePipe
        self.to, self.back = make(size, trigger), make(size, trigger)
        if polled:
            self.raw = module.RawPipe(self.to, self.back)
            self.stream = core.Stream(self.raw)
        else:
            self.stream = module.open_stream(self.to, self.back)
            self.raw = self.stream.s


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("polled", [False, True])
def test_a_thread_on_the_other_side_answers_lines(core, threadsafe, polled):
    line = Line(core, threadsafe, polled=polled)

    def echo():
        while True:
            text = line.back.wait_sync(line.back.readline())
            if not text:
                line.to.close()
                return
            line.to.write_sync(b"<" + text)

    async def main():
        thread = start_thread(echo)
        for text in (b"a\n", b"\n", b"a line longer than the pipe is\n"):
            line.stream.write(text)
            await line.stream.drain()
            assert await line.stream.readline() == b"<" + text
        line.back.close()
        assert await line.stream.read(5) == b""
        assert line.stream.at_eof()
        thread.join()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("polled", [False, True])
@pytest.mark.parametrize("trigger", [1, 5])
def test_every_byte_in_both_directions_at_once(core, threadsafe, polled, trigger):
    line = Line(core, threadsafe, 5, polled, trigger)
    there, back = bytes(range(200)), bytes(range(250, 50, -1))

    def other():
        at, got = 0, b""
        while at < len(back):
            at += line.to.push(back, at, min(3, len(back) - at))
            got += line.back.take(3)
        while len(got) < len(there):
            got += line.back.read_sync(3)
        line.to.close()
        return got

    async def write():
        for n in range(0, len(there), 8):
            line.stream.write(there[n : n + 8])
            await line.stream.drain()
        line.back.flush()

    async def main():
        thread = start_thread(other)
        task = core.create_task(write())
        assert await line.stream.readexactly(150) == back[:150]
        assert await line.stream.read() == back[150:]
        await task
        return thread.join()

    assert run(core, main) == there


@pytest.mark.rp2040(seeds=1)
def test_nothing_is_asked_while_it_waits_and_no_stream_is_watched(core, threadsafe):
    line = Line(core, threadsafe)
    asked = []
    readable = line.raw.readable
    line.raw.readable = lambda: asked.append(1) or readable()

    async def main():
        task = core.create_task(line.stream.read(4))
        await core.sleep_ms(50)
        assert len(asked) <= 2
        assert core.get_event_loop().io is None
        thread = start_thread(line.to.write, b"abcdef")
        assert await task == b"abcd"
        thread.join()
        buf = bytearray(5)
        assert await line.stream.readinto(buf) == 2 and buf[:2] == b"ef"

    run(core, main)


def test_a_stream_that_is_always_ready_leaves_others_their_turn(core, threadsafe):
    line = Line(core, threadsafe)
    line.to.write(b"0123456789")
    turns = []

    async def other():
        while True:
            turns.append(1)
            await core.sleep(0)

    async def main():
        task = core.create_task(other())
        for n in range(10):
            assert await line.stream.read(1) == b"%d" % n
            assert len(turns) >= n
        task.cancel()

    run(core, main)


def test_a_cancelled_read_or_timed_out_read_takes_no_byte(core, threadsafe):
    line = Line(core, threadsafe)

    async def main():
        task = core.create_task(line.stream.readexactly(6))
        await settle(core)
        line.to.write(b"abc")
        await settle(core)
        task.cancel()
        await settle(core)
        with pytest.raises(core.TimeoutError):
            await core.wait_for(line.stream.readline(), 0.002)
        line.to.write(b"d\n")
        assert await line.stream.readline() == b"abcd\n"

    run(core, main)


def test_two_tasks_may_not_read_it(core, threadsafe):
    line = Line(core, threadsafe)

    async def main():
        task = core.create_task(line.stream.read(3))
        await settle(core)
        with pytest.raises(RuntimeError):
            await line.stream.read(3)
        line.to.write(b"abc")
        assert await task == b"abc"

    run(core, main)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("polled", [False, True])
def test_writing_to_a_side_that_has_closed_is_an_oserror_and_what_it_wrote_can_be_read(core, threadsafe, polled):
    line = Line(core, threadsafe, polled=polled)

    async def main():
        line.to.write(b"last")
        line.to.close()
        line.back.close()
        with pytest.raises(OSError):
            line.stream.write(b"x")
        assert await line.stream.read() == b"last"
        assert await line.stream.read(1) == b""

    run(core, main)


def test_a_side_closed_while_it_is_waited_for_ends_the_waits(core, threadsafe):
    line = Line(core, threadsafe, 4)

    async def main():
        line.stream.write(b"more than there is room for")
        draining = core.create_task(line.stream.drain())
        reading = core.create_task(line.stream.read(3))
        await settle(core)
        line.to.close()
        line.back.close()
        assert await reading == b""
        with pytest.raises(OSError):
            await draining

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_closing_the_stream_sends_the_rest_and_closes_both_pipes(core, threadsafe):
    line = Line(core, threadsafe, 4)

    def read():
        return line.back.read_sync()

    async def main():
        reading = core.create_task(line.stream.read(3))
        await settle(core)
        thread = start_thread(read)
        line.stream.write(b"more than there is room for")
        await line.stream.wait_closed()
        assert thread.join() == b"more than there is room for"
        assert line.to.closed() and line.back.closed()
        with pytest.raises(threadsafe.QueueClosed):
            line.to.write(b"x")
        with pytest.raises(OSError):
            await reading
        with pytest.raises(OSError):
            await line.stream.read(1)

    run(core, main)


def test_what_is_no_pipe_is_refused(threadsafe):
    module = submodule(threadsafe, "pipestream")
    with pytest.raises(TypeError, match="BytePipe"):
        module.open_stream(1)


def test_one_direction_only(core, threadsafe):
    module = submodule(threadsafe, "pipestream")
    pipe = submodule(threadsafe, "bytepipe").BytePipe(8)

    async def main():
        writer = module.open_stream(None, pipe)
        reader = module.open_stream(pipe)
        writer.write(b"ab")
        assert await writer.read(1) == b""
        assert await reader.readexactly(2) == b"ab"
        with pytest.raises(OSError):
            reader.write(b"x")
        assert reader.get_extra_info("peername", None) is None

    run(core, main)


def test_the_raw_side_never_waits(core, threadsafe):
    line = Line(core, threadsafe, 8)
    raw = line.raw
    assert raw.read(3) is None and raw.readline() is None and raw.readinto(bytearray(2)) is None
    assert raw.ioctl(3, 1 | 4) == 4
    line.to.write(b"ab\ncd")
    assert raw.ioctl(3, 1 | 4) == 5 and raw.ioctl(3, 1) == 1
    assert raw.readline() == b"ab\n" and raw.readline() == b"cd"
    assert raw.write(b"0123456789") == 8 and raw.write(b"89") is None and raw.write(b"") == 0
    assert raw.ioctl(3, 1 | 4) == 0
    assert raw.ioctl(4, 0) == 0 and line.to.closed() and line.back.closed()
    assert raw.read(1) == b"" and raw.ioctl(3, 1 | 4) == 5
    assert raw.ioctl(99, 0) == -1


@pytest.mark.micropython
def test_a_poll_object_watches_the_raw_side(core, threadsafe):
    import select

    line = Line(core, threadsafe, 8)
    poll = select.poll()
    poll.register(line.raw, select.POLLIN)
    assert poll.poll(0) == []
    line.to.write(b"a")
    assert poll.poll(0)[0][1] == select.POLLIN
    assert MICROPYTHON and not CPYTHON


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=5)
def test_a_hard_interrupt_feeds_a_stream_whose_reads_are_given_up_now_and_then(core, threadsafe):
    """On the board, by PWM through the wire from pin 2 to pin 3. Nothing is lost, whichever way it is read.

    Not so polled: there `ioctl`, called by `poll`, and a handler on top of that want more stack than a test leaves.
    """
    if not RP2:
        pytest.skip("this port has no interrupts")
    from machine import PWM, Pin

    line = Line(core, threadsafe)
    pipe, frame, count, total = line.to, bytearray(4), [0], 80
    frame[3] = 10
    wait_for_ms = core.wait_for_ms  # loaded now: an import takes most of the stack, and the handler needs some, too

    def edge(pin):
        n = count[0]
        if n < total and pipe.room() >= 4:
            frame[0] = 100 + n
            frame[1] = frame[2] = 100 + (n ^ 1)
            pipe.write(frame)
            count[0] = n + 1

    async def read(n):
        stream = line.stream
        if n % 3 == 0:
            return await stream.readline()
        if n % 3 == 1:
            return await stream.readexactly(4)
        got = await stream.read(2)
        return got + await stream.readexactly(4 - len(got))

    async def main():
        pin = Pin(3, Pin.IN)
        pin.irq(edge, Pin.IRQ_RISING, hard=True)
        pwm = PWM(Pin(2), freq=1000, duty_u16=32768)
        late = 0
        try:
            for n in range(total):
                limit = 1
                while n % 3 == 0:
                    try:
                        got = await wait_for_ms(read(n), limit)
                        break
                    except core.TimeoutError:
                        late += 1
                        limit *= 2  # a board may take longer than that to read at all
                else:
                    got = await read(n)
                assert got == bytes([100 + n, 100 + (n ^ 1), 100 + (n ^ 1), 10]), (n, got)
        finally:
            pwm.deinit()
            pin.irq(None)
        return late

    assert run(core, main, limit=30) > 0
    assert pipe.lost == 0 and pipe.any() == 0
