"""Waiting for descriptors and streams: who is woken, who is cancelled, and what is refused."""

import pytest

from support import CPYTHON, run, sleep_ms, start_thread, ticks_diff, ticks_ms, watched


class Pair:
    """Two ends of a line on CPython; on the unix port, which has no pairs, a UDP socket that sends to itself."""

    def __init__(self):
        import socket

        if CPYTHON:
            self.here, self.there = socket.socketpair()
            self.here.setblocking(False)
            return
        self.here = self.there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for port in range(20000, 49000):
            self.own = socket.getaddrinfo("127.0.0.1", port)[0][-1]
            try:
                self.here.bind(self.own)
                break
            except OSError:
                pass

    def send(self):
        if CPYTHON:
            self.there.send(b"x")
        else:
            self.there.sendto(b"x", self.own)

    def fill(self):
        """Until `here` can't be written."""
        try:
            while True:
                self.here.send(bytes(65536))
        except BlockingIOError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.here.close()
        if self.there is not self.here:
            self.there.close()


async def readable(core, stream, log=None, name="read"):
    await core.get_event_loop().queue_read(stream)
    if log is not None:
        log.append(name)


async def writable(core, stream, log=None):
    await core.get_event_loop().queue_write(stream)
    if log is not None:
        log.append("written")


def test_a_task_waits_until_its_stream_can_be_read(core):
    log = []

    async def main():
        with Pair() as pair:
            task = core.create_task(readable(core, pair.here, log))
            await core.sleep_ms(5)
            assert log == []
            pair.send()
            await task
            await readable(core, pair.here, log)  # still to be read

    run(core, main)
    assert log == ["read", "read"]


def test_a_stream_that_can_be_written_does_not_wait_long(core):
    log = []

    async def main():
        with Pair() as pair:
            await core.wait_for(writable(core, pair.here, log), 1)

    run(core, main)
    assert log == ["written"]


def test_an_idle_loop_is_woken_by_what_a_thread_sends(core):
    async def main():
        with Pair() as pair:

            def later():
                sleep_ms(10)
                pair.send()

            thread = start_thread(later)
            await readable(core, pair.here)
            thread.join()

    run(core, main)


def test_timers_and_other_tasks_go_on_while_a_stream_is_watched(core):
    log = []

    async def ticker():
        for n in range(3):
            await core.sleep_ms(2)
            log.append(n)

    async def main():
        with Pair() as pair:
            task = core.create_task(readable(core, pair.here, log))
            await ticker()
            await core.sleep(0)
            pair.send()
            await task

    run(core, main)
    assert log == [0, 1, 2, "read"]


@pytest.mark.cpython
def test_a_reader_and_a_writer_of_one_stream_are_woken_apart(core):
    log = []

    async def main():
        with Pair() as pair:
            pair.fill()
            reader = core.create_task(readable(core, pair.here, log))
            writer = core.create_task(writable(core, pair.here, log))
            await core.sleep_ms(2)
            assert log == []
            pair.send()
            await reader
            assert log == ["read"]
            pair.there.recv(1 << 24)
            pair.there.setblocking(False)
            while not writer.done():
                try:
                    pair.there.recv(1 << 20)
                except BlockingIOError:
                    pass
                await core.sleep(0)

    run(core, main)
    assert log == ["read", "written"]


@pytest.mark.cpython
@pytest.mark.parametrize("cancelled", ["reader", "writer"])
def test_cancelling_one_of_reader_and_writer_leaves_the_other(core, cancelled):
    """Defect 16: upstream drops both, and the other waits for ever."""
    log = []

    async def main():
        with Pair() as pair:
            pair.fill()
            reader = core.create_task(readable(core, pair.here, log))
            writer = core.create_task(writable(core, pair.here, log))
            await core.sleep(0)
            first = reader if cancelled == "reader" else writer
            first.cancel()
            with pytest.raises(core.CancelledError):
                await first
            pair.send()
            pair.there.setblocking(False)
            while not (reader.done() and writer.done()):
                try:
                    pair.there.recv(1 << 20)
                except BlockingIOError:
                    pass
                await core.sleep(0)

    run(core, main)
    assert log == (["written"] if cancelled == "reader" else ["read"])


def test_a_cancelled_or_timed_out_wait_leaves_the_stream_usable(core):
    async def main():
        with Pair() as pair:
            for _ in range(3):
                with pytest.raises(core.TimeoutError):
                    await core.wait_for_ms(readable(core, pair.here), 1)
            pair.send()
            await core.wait_for(readable(core, pair.here), 1)

    run(core, main)


def test_a_second_reader_gets_an_error_and_the_first_waits_on(core):
    """Defect 18: upstream asserts, or silently replaces the first."""
    log = []

    async def main():
        with Pair() as pair:
            first = core.create_task(readable(core, pair.here, log))
            await core.sleep(0)
            with pytest.raises(RuntimeError, match="another task already waits to read"):
                await readable(core, pair.here)
            pair.send()
            await first

    run(core, main)
    assert log == ["read"]


@pytest.mark.cpython
def test_one_descriptor_may_be_given_as_different_int_objects(core):
    """Ints above 256 are not the same object each time."""
    import os

    log = []

    async def main():
        with Pair() as pair:
            pair.fill()
            number = 700
            os.dup2(pair.here.fileno(), number)
            try:
                reader = core.create_task(readable(core, int(str(number)), log))
                await core.sleep(0)
                writer = core.create_task(writable(core, int(str(number)), log))
                await core.sleep(0)
                with pytest.raises(RuntimeError, match="another task already waits to read"):
                    await readable(core, int(str(number)))
                pair.send()
                await reader
                writer.cancel()
            finally:
                os.close(number)

    run(core, main)
    assert log == ["read"]


@pytest.mark.cpython
def test_the_end_of_a_stream_wakes_its_reader_and_its_writer(core):
    log = []

    async def main():
        with Pair() as pair:
            pair.fill()
            tasks = [core.create_task(readable(core, pair.here, log)), core.create_task(writable(core, pair.here, log))]
            await core.sleep_ms(1)
            pair.there.close()
            await core.wait_for(core.gather(*tasks), 1)

    run(core, main)
    assert sorted(log) == ["read", "written"]


@pytest.mark.cpython
def test_what_cannot_be_watched_is_refused_each_time_and_harms_nothing(core, tmp_path):
    import os

    path = tmp_path / "regular file"
    path.write_text("text")

    async def main():
        with open(path) as file, Pair() as pair:
            closed = os.dup(file.fileno())
            os.close(closed)
            for thing, error in ((file, OSError), (closed, OSError), ("text", ValueError)):
                for _ in range(2):
                    with pytest.raises(error):
                        await readable(core, thing)
            pair.send()
            await readable(core, pair.here)
            assert watched(core.get_event_loop()) == 0

    run(core, main)


def test_many_streams_are_watched_at_once_and_only_those_ready_are_read(core):
    log = []

    async def main():
        pairs = [Pair() for _ in range(8)]
        tasks = [core.create_task(readable(core, pairs[n].here, log, n)) for n in range(8)]
        await core.sleep_ms(1)
        for n in (5, 2):
            pairs[n].send()
        await core.gather(tasks[5], tasks[2])
        await core.sleep_ms(2)
        assert sorted(log) == [2, 5]
        for task in tasks:
            task.cancel()
        await core.gather(*tasks, return_exceptions=True)
        for pair in pairs:
            pair.here.close()
            if pair.there is not pair.here:
                pair.there.close()

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_stream_written_in_python_can_be_watched(core):
    import io
    import select

    class Stream(io.IOBase):
        def __init__(self):
            self.ready = 0

        def ioctl(self, request, flags):
            return flags & self.ready if request == 3 else -1

    log = []

    async def main():
        stream = Stream()
        reader = core.create_task(readable(core, stream, log))
        writer = core.create_task(writable(core, stream, log))
        await core.sleep_ms(3)
        assert log == []
        stream.ready = select.POLLOUT
        await writer
        assert log == ["written"]
        stream.ready = select.POLLIN
        await reader

    run(core, main)
    assert log == ["written", "read"]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
@pytest.mark.parametrize("how", ["raises", "fails", "returns nothing"])
def test_an_ioctl_that_fails_is_an_error_for_who_waits_and_for_nobody_else(core, how):
    """It ended the whole run, as with upstream's asyncio."""
    import io

    class Device(io.IOBase):
        def __init__(self, broken):
            self.broken = broken
            self.asked = 0

        def ioctl(self, request, flags):
            if request != 3:
                return -1
            self.asked += 1
            if self.asked < 3:
                return 0
            if not self.broken:
                return flags & 1
            if how == "raises":
                raise OSError(5)
            return -5 if how == "fails" else None

    async def main():
        sound = core.create_task(readable(core, Device(False), log))
        try:
            await readable(core, Device(True), log)
        except (OSError, TypeError) as exc:
            assert isinstance(exc, TypeError) if how == "returns nothing" else exc.errno == 5
            log.append("error")
        await sound
        assert watched(core.get_event_loop()) == 0
        await core.sleep_ms(5)

    log = []
    run(core, main)
    assert sorted(log) == ["error", "read"]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_an_ioctl_that_fails_for_once_does_not_end_the_run(core):
    """MicroPython's poll does not say whose it was: the next time none fails, and all are watched on."""
    import io

    class Device(io.IOBase):
        asked = 0

        def ioctl(self, request, flags):
            if request != 3:
                return -1
            self.asked += 1
            if self.asked == 3:
                raise OSError(5)
            return flags & 1 if self.asked > 3 else 0

    async def main():
        device = Device()
        try:
            await readable(core, device, log)
        except OSError as exc:
            assert CPYTHON and exc.errno == 5
            await readable(core, device, log)

    log = []
    run(core, main)
    assert log == ["read"]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_a_stream_that_stays_ready_is_asked_no_more_once_nobody_waits(core):
    """It is taken out at the next sleep: one who waits again before that finds it watched still."""
    import io

    class Ready(io.IOBase):
        def __init__(self):
            self.asked = 0

        def ioctl(self, request, flags):
            if request != 3:
                return -1
            self.asked += 1
            return flags & 1

    async def main():
        stream = Ready()
        for _ in range(10):
            await core.get_event_loop().queue_read(stream)
        asked = stream.asked
        assert asked < 30
        began = ticks_ms()
        await core.sleep_ms(50)
        assert stream.asked == asked and ticks_diff(ticks_ms(), began) >= 50
        assert watched(core.get_event_loop()) == 0

    run(core, main)
