"""Clients and servers, ended at every point: no descriptor is left open, nothing hangs.

See `injection`, and `test_cancellation` for the rest of core.
"""

import os

import pytest

from injection import HOWS, Program, inject, turns
from support import free_port

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


def open_descriptors():
    """How many; 0 where that can't be found out."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 0


@case
def connection(core):
    """A client that gives up is gone: its server sees the end, and closes its own side."""
    port, served, ready = free_port(), [], core.Event()

    async def echo(reader, writer):
        try:
            writer.write(await reader.readexactly(5))
            await writer.drain()
            await reader.read()
        except (OSError, EOFError):  # the client has gone, leaving something unread, or before it sent all
            pass
        await writer.wait_closed()
        served.append(1)

    async def serve():
        served.append(await core.start_server(echo, "127.0.0.1", port))
        ready.set()

    async def victim():
        await ready.wait()
        stream, _ = await core.open_connection("127.0.0.1", port)
        try:
            stream.write(b"hello")
            await stream.drain()
            assert await stream.readexactly(5) == b"hello"
        finally:
            stream.close()

    async def check(ended):
        server = served[0]
        while server.handlers:
            await turns(core, 1)
        server.close()
        await server.wait_closed()
        assert ended != "done" or len(served) == 2

    return Program(victim, [serve], check)


@case
def server(core):
    """It is closed with the block that runs it: its port is free, and clients are served to their end."""
    port, ready, answers = free_port(), core.Event(), []

    async def shout(reader, writer):
        line = await reader.readline()
        await core.sleep(0)
        writer.write(line.upper())
        await writer.drain()
        await writer.wait_closed()

    async def victim():
        async with await core.start_server(shout, "127.0.0.1", port):
            ready.set()
            await turns(core, 3)

    async def client():
        for _ in range(20):  # it may have been ended before
            if not ready.is_set():
                await core.sleep(0)
        try:
            stream, _ = await core.open_connection("127.0.0.1", port)
        except OSError:
            return
        try:
            stream.write(b"hello\n")
            answers.append(await stream.readline())
        except OSError:  # nobody had accepted it
            pass
        finally:
            stream.close()

    async def check(ended):
        for answer in answers:
            assert answer in (b"HELLO\n", b"")
        again = await core.start_server(shout, "127.0.0.1", port)
        again.close()
        await again.wait_closed()

    return Program(victim, [client], check)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_wait_can_be_ended_at_every_point(core, name, how):
    core.new_event_loop()
    before = open_descriptors()
    inject(core, CASES[name], how)
    assert open_descriptors() <= before


def run(core, main):
    core.new_event_loop(core.VirtualClock())
    try:
        return core.run(main())
    finally:
        core.new_event_loop()


def test_a_client_cancelled_before_it_was_served_is_closed_and_forgotten(core):
    """Accepted, but its task has not run yet when `close_clients` is called."""
    port = free_port()

    async def never(reader, writer):
        raise AssertionError("it was cancelled before")

    async def main():
        async with await core.start_server(never, "127.0.0.1", port) as server:
            stream, _ = await core.open_connection("127.0.0.1", port)
            while not server.handlers:
                await core.sleep(0)
            server.close_clients()
            await core.wait_for_ms(stream.read(), 5)  # to its end
            stream.close()
            assert not server.handlers

    run(core, main)


def test_a_cancel_that_comes_while_a_server_is_being_closed_is_not_lost(core):
    """The server's own task, which was cancelled for the close, must not swallow it."""
    port = free_port()
    log = []

    async def serve():
        async with await core.start_server(print, "127.0.0.1", port) as server:
            log.append(server)
        log.append("ran on")

    async def main():
        task = core.create_task(serve())
        while not log or log[0].is_serving():
            await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert "ran on" not in log
