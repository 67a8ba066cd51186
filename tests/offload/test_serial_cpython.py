"""Serial ports: pyserial on one side, the other side of a pty at hand."""

import errno
import gc
import os
import select
import sys
import threading

import pytest

from support import run, start_thread, submodule, ticks_diff, ticks_ms

pytest.importorskip("serial", reason="pyserial is not installed")

pytestmark = [pytest.mark.cpython, pytest.mark.skipif(os.name == "nt", reason="a pty is needed")]


class Pty:
    """The device: what is read and written here, blocking, is at the other end of the line."""

    def __init__(self):
        import tty

        self.fd, line = os.openpty()
        tty.setraw(line)
        self.path = os.ttyname(line)
        os.close(line)
        self.closed = False

    def unplug(self):
        if not self.closed:
            self.closed = True
            os.close(self.fd)

    def write(self, data):
        while data:
            data = data[os.write(self.fd, data[:1024]) :]

    def read(self, count):
        parts = []
        while count:
            assert select.select([self.fd], [], [], 10)[0], "nothing comes"
            parts.append(os.read(self.fd, count))
            count -= len(parts[-1])
        return b"".join(parts)


@pytest.fixture(autouse=True)
def serial(offload):
    return submodule(offload, "serial_cpython")


@pytest.fixture
def device():
    device = Pty()
    yield device
    device.unplug()


def descriptors():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("serial")]


@pytest.fixture(autouse=True)
def nothing_is_left(core):
    async def warm():
        await core.sleep_ms(1)

    run(core, warm)
    yield
    until_no_threads()


def until_no_threads():
    """Block until those that have done their work have ended."""
    gc.collect()
    start = ticks_ms()
    while threads():
        assert ticks_diff(ticks_ms(), start) < 3000, threads()
        threading.Event().wait(0.001)


async def until_in_line(core, line, count=1):
    while len(line) != count:
        await core.sleep_ms(1)


def test_both_directions_and_the_ways_to_read(core, offload, device):
    async def main():
        async with offload.serial.open(device.path, 115200) as port:
            assert port.name == device.path == port.get_extra_info("port") and port.baudrate == 115200
            port.write(b"AT\r\n")
            await port.drain()
            assert device.read(4) == b"AT\r\n"
            device.write(b"OK\r\n12345abcde")
            assert await port.readline() == b"OK\r\n"
            assert await port.readexactly(5) == b"12345"
            assert await port.read(3) == b"abc"
            buf = bytearray(10)
            assert await port.readinto(buf) == 2 and buf[:2] == b"de"
            device.write(b"one\ntwo\nend\n")
            got = []
            async for line in port:
                got.append(line)
                if line == b"end\n":
                    break
            return got

    assert run(core, main) == [b"one\n", b"two\n", b"end\n"]


def test_open_may_be_awaited(core, offload, device):
    async def main():
        port = await offload.serial.open(device.path)
        port.write(b"x")
        port.close()  # sends it first
        await port.wait_closed()
        assert device.read(1) == b"x"
        with pytest.raises(OSError):
            port.write(b"y")
        with pytest.raises(OSError):
            await port.read(1)

    run(core, main)


def test_a_megabyte_each_way_at_once(core, offload, device):
    data = bytes(range(256)) * 4096

    async def main():
        async with offload.serial.open(device.path) as port:
            reader = start_thread(device.read, len(data))
            writer = start_thread(device.write, data)
            port.write(data)
            got = await port.readexactly(len(data))
            await port.drain()
            while not (reader.finished and writer.finished):
                await core.sleep_ms(1)
            return got, reader.join()

    got, sent = run(core, main, limit=60)
    assert got == data and sent == data


def test_a_slow_reader_loses_nothing_the_device_has_to_wait(core, offload, device):
    data = os.urandom(1 << 17)

    async def main():
        async with offload.serial.open(device.path, size=256) as port:
            writer = start_thread(device.write, data)
            await until_in_line(core, port._line.incoming.writers)  # full: the thread waits for room
            assert not writer.finished
            got = await port.readexactly(1000)
            await until_in_line(core, port._line.incoming.writers)
            assert not writer.finished
            got += await port.readexactly(len(data) - 1000)
            while not writer.finished:
                await core.sleep_ms(1)
            assert port._line.incoming.lost == 0
            return got

    assert run(core, main, limit=60) == data


def test_drain_waits_for_a_device_that_does_not_read(core, offload, device):
    data = os.urandom(1 << 16)

    async def main():
        async with offload.serial.open(device.path, size=1024) as port:
            port.write(data)
            with pytest.raises(core.TimeoutError):
                await core.wait_for(port.drain(), 0.1)
            reader = start_thread(device.read, len(data))
            await port.drain()
            while not reader.finished:
                await core.sleep_ms(1)
            return reader.join()

    assert run(core, main) == data


def test_unplugged_the_reader_gets_what_had_come_then_an_os_error(core, offload, device):
    async def main():
        async with offload.serial.open(device.path) as port:
            task = core.create_task(port.readline())
            device.write(b"last word")
            while port._line.incoming.any() != 0 or not port._in:
                await core.sleep_ms(1)  # until it has come
            device.unplug()
            with pytest.raises(OSError) as caught:
                await task
            assert not isinstance(caught.value, core.TimeoutError)
            assert isinstance(caught.value.__cause__, OSError) and device.path in str(caught.value)
            assert await port.read(100) == b"last word"
            for again in range(2):
                with pytest.raises(OSError, match=str(again) * 0 + device.path):
                    await port.read(1)
            with pytest.raises(OSError):
                port.write(b"x")
                await port.drain()
            with pytest.raises(OSError):
                await port.drain()

    run(core, main)


def test_once_it_has_failed_or_is_closed_settings_raise_os_errors(core, offload, device):
    async def main():
        async with offload.serial.open(device.path) as port:
            calls = (
                lambda: port.get("cts"), lambda: port.set(baudrate=300), lambda: port.send_break(0.01), port.flush,
                port.reset_input_buffer, port.reset_output_buffer,
            )
            device.unplug()
            with pytest.raises(OSError):
                while True:
                    await port.read(10)
            for call in calls:
                with pytest.raises(OSError) as caught:
                    await call()
                assert caught.value.errno == errno.EIO and caught.value.__cause__ is not None
        other = Pty()
        try:
            async with offload.serial.open(other.path) as port:
                port.close()
                await port.wait_closed()
                for call in (lambda: port.get("baudrate"), lambda: port.set(baudrate=300)):
                    with pytest.raises(OSError) as caught:
                        await call()
                    assert caught.value.errno == errno.EBADF
        finally:
            other.unplug()

    run(core, main)


def test_unplugged_while_a_task_drains(core, offload, device):
    async def main():
        async with offload.serial.open(device.path) as port:
            port.write(bytes(1 << 17))
            task = core.create_task(port.drain())
            await core.sleep_ms(20)
            assert not task.done()
            device.unplug()
            with pytest.raises(OSError):
                await task
            with pytest.raises(OSError):
                await port.wait_closed()
            raise KeyError  # else the end of the block says it again

    with pytest.raises(KeyError):
        run(core, main)


@pytest.mark.parametrize("waiting", ["read", "readline", "readexactly"])
def test_close_while_a_task_reads_ends_that_and_the_threads_at_once(core, offload, device, waiting):
    async def main():
        port = await offload.serial.open(device.path)
        task = core.create_task(getattr(port, waiting)(*([] if waiting == "readline" else [10])))
        await until_in_line(core, port._line.incoming.readers)
        start = ticks_ms()
        await port.wait_closed()
        assert ticks_diff(ticks_ms(), start) < 1000
        assert not port.get_extra_info("serial").is_open
        with pytest.raises(OSError):
            await task
        until_no_threads()
        await port.wait_closed()

    run(core, main)


def test_close_while_the_thread_waits_for_room(core, offload, device):
    async def main():
        port = await offload.serial.open(device.path, size=16)
        device.write(bytes(100))
        await until_in_line(core, port._line.incoming.writers)
        await port.wait_closed()
        until_no_threads()

    run(core, main)


def test_close_gives_a_line_that_stands_still_some_time_and_says_so(core, offload, device):
    async def main():
        port = await offload.serial.open(device.path, linger=0.2)
        port.write(bytes(1 << 17))
        start = ticks_ms()
        with pytest.raises(OSError, match="did not take"):
            await port.wait_closed()
        assert 150 < ticks_diff(ticks_ms(), start) < 2000
        until_no_threads()

    run(core, main)


def test_an_exception_in_the_block_closes_at_once(core, offload, device):
    async def main():
        start = ticks_ms()
        with pytest.raises(ZeroDivisionError):
            async with offload.serial.open(device.path) as port:
                port.write(bytes(1 << 17))
                1 / 0  # noqa: B018
        assert ticks_diff(ticks_ms(), start) < 1000
        until_no_threads()

    run(core, main)


def test_a_cancelled_read_leaves_the_bytes_for_the_next(core, offload, device):
    async def main():
        async with offload.serial.open(device.path) as port:
            task = core.create_task(port.readexactly(4))
            device.write(b"ab")
            await core.sleep_ms(20)
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            device.write(b"cd")
            return await port.readexactly(4)

    assert run(core, main) == b"abcd"


def test_settings_are_made_by_a_thread(core, offload, device):
    async def main():
        async with offload.serial.open(device.path, 9600) as port:
            await port.set(baudrate=19200, stopbits=2)
            assert port.baudrate == 19200 and await port.get("stopbits") == 2
            device.write(b"12345")
            await port.readexactly(1)
            assert await port.get("in_waiting") >= 0
            await port.reset_input_buffer()
            await port.reset_output_buffer()
            await port.send_break(0.01)
            await port.flush()
            for settings in ({"timeout": 3}, {"fd": 1}):
                with pytest.raises(TypeError, match=next(iter(settings))):
                    await port.set(**settings)
            with pytest.raises(TypeError, match="colour"):
                await port.get("colour")
            with pytest.raises(ValueError):
                await port.set(baudrate=-1)
            device.write(b"x")
            assert await port.read(1) == b"x"  # it goes on

    run(core, main)


def test_a_port_that_can_not_be_opened(core, offload, device):
    async def main():
        with pytest.raises(OSError, match="no-such-port"):
            await offload.serial.open("/dev/no-such-port")
        with pytest.raises(ValueError):
            await offload.serial.open(device.path, parity="?")
        with pytest.raises(ValueError):
            await offload.serial.open(device.path, size=0)
        for name in ("timeout", "write_timeout"):
            with pytest.raises(TypeError, match=name):
                offload.serial.open(device.path, **{name: 1})

    run(core, main)


def test_cancelled_while_it_is_opened_the_thread_closes_it(core, offload, device, monkeypatch):
    import serial as pyserial

    opened, gate, made = threading.Event(), threading.Event(), []

    def slow(*args, **options):
        made.append(pyserial.Serial(*args, **options))
        opened.set()
        gate.wait(10)
        return made[0]

    monkeypatch.setattr(pyserial, "serial_for_url", slow)

    async def main():
        task = core.create_task(use())
        while not opened.is_set():
            await core.sleep_ms(1)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert made[0].is_open
        gate.set()
        while made[0].is_open:
            await core.sleep_ms(1)

    async def use():
        await offload.serial.open(device.path)

    try:
        run(core, main)
    finally:
        gate.set()


def test_many_opens_and_closes_leave_no_thread_and_no_descriptor(core, offload, device):
    async def main():
        before = None
        for n in range(30):
            async with offload.serial.open(device.path) as port:
                port.write(b"%d\n" % n)
                await port.drain()
                device.read(2 if n < 10 else 3)
            if before is None:
                before = descriptors()
        until_no_threads()
        assert descriptors() <= before

    run(core, main)


def test_given_up_without_close_its_threads_end(core, offload, device):
    async def main():
        port = await offload.serial.open(device.path)
        device.write(b"x")
        await port.read(1)

    run(core, main)
    until_no_threads()


def test_a_loop_that_ends_ends_the_threads_of_its_ports(core, offload, device):
    async def use():
        async with offload.serial.open(device.path) as port:
            await port.read(1)

    async def main():
        core.create_task(use())
        while len(threads()) < 2:
            await core.sleep_ms(1)

    run(core, main)
    core.get_event_loop().close()
    until_no_threads()


def test_a_port_of_another_kind(core, offload):
    async def main():
        async with offload.serial.open("loop://") as port:
            port.write(b"round\n")
            return await port.readline()

    assert run(core, main) == b"round\n"


def test_a_port_whose_reads_can_not_be_cancelled_is_closed_all_the_same(core, offload):
    import socket

    server = socket.create_server(("127.0.0.1", 0))

    async def main():
        async with offload.serial.open(f"socket://127.0.0.1:{server.getsockname()[1]}") as port:
            device = server.accept()[0]
            device.sendall(b"hello\n")
            assert await port.readline() == b"hello\n"
            port.write(b"bye\n")
            await port.drain()
            assert device.recv(100) == b"bye\n"
            start = ticks_ms()
        assert ticks_diff(ticks_ms(), start) < 1500
        device.close()

    with server:
        run(core, main)


@pytest.mark.parametrize("which", [1, 2])
def test_a_thread_that_can_not_be_started(core, offload, device, monkeypatch, which):
    start, count = threading.Thread.start, []

    def failing(thread):
        count.append(1)
        if len(count) == which:
            raise RuntimeError("can't start new thread")
        start(thread)

    async def main():
        monkeypatch.setattr(threading.Thread, "start", failing)
        with pytest.raises(RuntimeError, match="can't start"):
            await offload.serial.open(device.path)

    run(core, main)


def test_without_pyserial_it_says_what_to_install(core, offload, monkeypatch):
    for module in (None, object()):
        monkeypatch.setitem(sys.modules, "serial", module)
        with pytest.raises(ImportError, match=r"pip install twincore\[serial\]"):
            offload.serial.open("/dev/null")


def test_in_a_task_of_asyncio_it_says_what_to_use_instead(offload):
    import asyncio

    async def main():
        with pytest.raises(RuntimeError, match="offload.serial is for tasks of a loop of twincore; in asyncio use"):
            await offload.serial.open("loop://")

    asyncio.run(main())
