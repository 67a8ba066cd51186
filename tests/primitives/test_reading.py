"""StreamReaderTo: a read ends when nothing has come for so long."""

import io

import pytest

from support import run, sleep_ms, submodule

POLL, IN, HUNG_UP = 3, 1, 16


class Port(io.IOBase):
    """A serial port, as far as a reader goes: what is in `came` can be read."""

    def __init__(self):
        self.came = bytearray()
        self.ended = False
        self.error = None

    def ioctl(self, request, flags):
        if request != POLL:
            return 0
        return flags & IN if self.came or self.ended or self.error else 0

    def readinto(self, buf):
        if self.error:
            raise self.error
        if not self.came and not self.ended:
            return None
        count = min(len(buf), len(self.came))
        buf[:count] = self.came[:count]
        self.came = self.came[count:]
        return count

    def read(self, n):
        buf = bytearray(n)
        count = self.readinto(buf)
        return None if count is None else bytes(buf[:count])


def make(primitives):
    port = Port()
    return port, primitives.StreamReaderTo(port)


def feed(core, port, *pieces):
    """A task by which `pieces` come, with 3 ms before each."""

    async def run():
        for piece in pieces:
            await core.sleep_ms(3)
            port.came.extend(piece)

    return core.create_task(run())


@pytest.mark.rp2040(seeds=1)
def test_it_ends_with_a_pause_and_the_rest_is_for_the_next(core, primitives):
    async def main():
        port, reader = make(primitives)
        buf = bytearray(20)
        for pieces in ((b"hello", b" ", b"world"), (b"x",)):
            task = feed(core, port, *pieces)
            count = await reader.readintotim(buf, 60)
            assert bytes(buf[:count]) == b"".join(pieces)
            await task
        assert await reader.readintotim(buf, 5) == 0
        assert not reader.at_eof()

    run(core, main)


def test_it_ends_when_the_buffer_is_full(core, primitives):
    async def main():
        port, reader = make(primitives)
        port.came.extend(b"123456789")
        buf = bytearray(4)
        got = []
        for _ in range(3):
            count = await reader.readintotim(buf, 5)
            got.append(bytes(buf[:count]))
        assert got == [b"1234", b"5678", b"9"]
        assert await reader.readintotim(bytearray(0), 5) == 0

    run(core, main)


def test_what_came_while_the_loop_was_busy_is_no_pause(core, primitives):
    async def main():
        port, reader = make(primitives)
        buf = bytearray(20)

        async def busy():
            for piece in (b"ab", b"cd", b"ef"):
                await core.sleep(0)
                port.came.extend(piece)
                sleep_ms(20)

        task = core.create_task(busy())
        count = await reader.readintotim(buf, 10)
        await task
        assert bytes(buf[:count]) == b"abcdef"

    run(core, main)


def test_it_asks_a_uart_for_no_more_than_is_there(core, primitives):
    """A board's UART blocks until it has all that it was asked for, or the next byte has not come for a while."""

    async def main():
        asked = []

        class Uart(Port):
            def any(self):
                return len(self.came)

            def readinto(self, buf):
                asked.append(len(buf))
                return Port.readinto(self, buf)

        port = Uart()
        reader = primitives.StreamReaderTo(port)
        port.came.extend(b"abc")
        task = core.create_task(reader.readintotim(bytearray(100), 30))
        await core.sleep_ms(5)
        port.came.extend(b"de")
        assert await task == 5
        assert max(asked) <= 3 and sum(asked) >= 5

    run(core, main)


def test_it_ends_with_the_stream(core, primitives):
    async def main():
        port, reader = make(primitives)
        port.came.extend(b"ab")
        port.ended = True
        buf = bytearray(4)
        assert await reader.readintotim(buf, 10_000) == 2
        assert buf[:2] == b"ab" and reader.at_eof()

    run(core, main)


def test_a_cancel_goes_on_and_loses_nothing(core, primitives):
    """Defect 73: upstream's swallows it."""

    async def main():
        port, reader = make(primitives)
        buf = bytearray(4)
        task = core.create_task(reader.readintotim(buf, 10_000))
        port.came.extend(b"ab")
        while port.came:
            await core.sleep_ms(1)
        await core.sleep_ms(5)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert buf[:2] == b"ab"
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(reader.readintotim(buf, 10_000), 5)
        port.came.extend(b"wxyz")
        assert await reader.readintotim(buf, 1000) == 4

    run(core, main)


def test_an_error_of_the_stream_is_its_readers(core, primitives):
    async def main():
        errors = submodule(core, "errors")
        for error in (OSError(5), errors.TimeoutError()):
            port, reader = make(primitives)
            port.error = error
            with pytest.raises(type(error)):
                await reader.readintotim(bytearray(4), 1000)

    run(core, main)


def test_what_makes_no_sense_is_refused(core, primitives):
    async def main():
        port, reader = make(primitives)
        port.came.extend(b"ab")
        for ms in (0, -5, "x"):
            with pytest.raises(ValueError, match="toutms is 1"):
                await reader.readintotim(bytearray(4), ms)
        for buf in (4, "text", b"constant"):
            with pytest.raises(TypeError):
                await reader.readintotim(buf, 5)

    run(core, main)


@pytest.mark.cpython
@pytest.mark.parametrize("pause, packets", [(2, [b"abc", b"de"]), (5, [b"abcde"])])
def test_packets_of_a_uart_are_told_apart_by_the_pause_between_them(pause, packets):
    """A simulated one at 9600 baud, 1.04 ms a byte. The second packet begins 2 ms after the first has ended."""
    import threading

    from twincore import core
    from twincore.desktop.board import Board
    from twincore.desktop.firmware.world import World
    from twincore.primitives import StreamReaderTo

    got = []
    with Board(virtual=True) as board:
        uart = World(board).import_module("machine").UART(0, 9600)

        async def main():
            reader = StreamReaderTo(uart)
            start = board.time.now() + 10_000
            port = board.uart(0)
            board.at(start, port.feed, b"abc")
            board.at(start + 3 * 1042 + 2000, port.feed, b"de")
            buf = bytearray(10)
            while board.time.now() < start + 30_000:
                count = await reader.readintotim(buf, pause)
                if count:
                    got.append(bytes(buf[:count]))

        def run():
            with board.core("main", main=True):
                core.new_event_loop()
                core.run(main())
                core.new_event_loop()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()
    assert got == packets
