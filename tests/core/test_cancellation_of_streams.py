"""Reads, writes and closes of streams, ended at every point: no byte is lost or doubled.

See `injection`, and `test_cancellation` for the rest of core. The system's buffers are real, and small.
"""

import pytest

from injection import HOWS, Program, inject, turns
from support import CPYTHON, free_port

CASES = {}
BULK = 30000  # bytes: more than CPython's pair of sockets takes at once
PIECES = [b"one\n", b"two\nthr", b"ee", b"\n" + 300 * b"four ", b"\nfive\n", b"six"]


def case(make):
    CASES[make.__name__] = make
    return make


def pair():
    """The two ends of a connection, as sockets."""
    import socket

    if CPYTHON:
        ends = socket.socketpair()
    else:
        address = socket.getaddrinfo("127.0.0.1", free_port())[0][-1]
        listener, here = socket.socket(), socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1)
        here.connect(address)
        ends = here, listener.accept()[0]
        listener.close()
    for end in ends:
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF) if CPYTHON else (7, 8):
            end.setsockopt(socket.SOL_SOCKET, option, 4096)
        end.setblocking(False)
    return ends


class Ends:
    """Two streams, the ends of a connection."""

    def __init__(self, core):
        self.sockets = pair()
        self.source, self.sink = [core.Stream(sock) for sock in self.sockets]

    def close(self):
        for sock in self.sockets:
            sock.close()


def reading(core, read):
    """The victim reads piece by piece with `read(stream)`; what it did not take the next reader gets."""
    ends, taken = Ends(core), []

    async def victim():
        while True:
            piece = await read(ends.sink)
            if not piece:
                return
            taken.append(piece)

    async def writer():
        try:
            for piece in PIECES:
                ends.source.write(piece)
                await ends.source.drain()
        finally:
            ends.source.close()

    async def check(ended):
        taken.append(await ends.sink.read())
        assert b"".join(taken) == b"".join(PIECES)

    return Program(victim, [writer], check, ends.close)


@case
def read(core):
    return reading(core, lambda stream: stream.read(50))


@case
def read_all(core):
    return reading(core, lambda stream: stream.read())


@case
def readline(core):
    return reading(core, lambda stream: stream.readline())


@case
def readexactly(core):
    async def read(stream):
        try:
            return await stream.readexactly(60)
        except EOFError as error:
            return error.partial

    return reading(core, read)


@case
def readinto(core):
    async def read(stream):
        buf = bytearray(70)
        count = await stream.readinto(buf)
        return bytes(buf[:count])

    return reading(core, read)


class Line:
    """A device that takes a little at a time, and nothing while it is `busy`."""

    def __init__(self):
        self.got = b""
        self.busy = True
        self.closed = False

    def ioctl(self, request, flags):
        return flags & (0 if self.busy else 4) if request == 3 else -1

    def write(self, buf):
        part = b"" if self.busy else bytes(buf[:9])
        self.got += part
        return len(part) or None

    def close(self):
        self.closed = True


def to_a_device(core, send):
    """What was written arrives, in order, and is closed then, whoever of those who drain is ended."""
    line = Line()
    stream = core.Stream(line if CPYTHON else as_stream(line))
    written = []

    def write(piece):
        stream.write(piece)
        written.append(piece)

    async def victim():
        await send(stream, write, 20)

    async def other():
        for n in range(2):
            if not stream.is_closing():
                write(b"%d" % n * 5)
            await core.sleep(0)
            line.busy = False

    async def check(ended):
        await stream.wait_closed()
        assert line.got == b"".join(written) and line.closed

    return Program(victim, [other], check)


def as_stream(line):
    """MicroPython's poll takes streams only."""
    import io

    class Stream(io.IOBase):
        ioctl, write, close = line.ioctl, line.write, line.close

    return Stream()


def to_a_socket(core, send):
    """The same, and it is read at the other end."""
    ends, written, got = Ends(core), [], []

    async def receive():
        while True:
            piece = await ends.sink.read(BULK // 4)
            if not piece:
                return
            got.append(piece)

    receiving = core.create_task(receive())

    def write(piece):
        ends.source.write(piece)
        written.append(piece)

    async def victim():
        await send(ends.source, write, BULK)

    async def other():
        for n in range(2):
            if not ends.source.is_closing():
                write(b"%d" % n * BULK)
            await turns(core, 2)
        if not ends.source.is_closing():
            await ends.source.drain()

    async def check(ended):
        await ends.source.wait_closed()
        await receiving
        assert b"".join(got) == b"".join(written)

    return Program(victim, [other], check, ends.close)


async def draining(stream, write, size):
    for n in range(3):
        write(bytes([n]) * size)
        await stream.drain()


async def closing(stream, write, size):
    write(b"x" * size)
    stream.close()
    await stream.wait_closed()


@case
def drain(core):
    return to_a_device(core, draining)


@case
def wait_closed(core):
    return to_a_device(core, closing)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_wait_can_be_ended_at_every_point(core, name, how):
    inject(core, CASES[name], how)


@pytest.mark.cpython
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("send", [draining, closing])
def test_so_can_a_drain_and_a_close_of_a_socket_with_a_full_buffer(core, send, how):
    """TCP, which is all that the unix port has, takes its time where its buffers are full: too long for this."""
    inject(core, lambda core: to_a_socket(core, send), how)
