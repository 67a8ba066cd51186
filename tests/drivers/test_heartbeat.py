"""HeartbeatClient and HeartbeatServer: what is sent arrives, once, however often the connection breaks."""

import pytest

from support import free_port, run, submodule


async def both(core, drivers, client_options=None, **options):
    """(server, client, a function that ends them), connected."""
    port = free_port()
    options.setdefault("timeout", 2)
    server = drivers.HeartbeatServer("127.0.0.1", port, **options)
    tasks = [core.create_task(server.run())]
    while server.port is None:
        await core.sleep_ms(2)
    client = drivers.HeartbeatClient("127.0.0.1", port, timeout=2, retry=0.02, **(client_options or {}))
    client.cut = cutter(client)
    tasks.append(core.create_task(client.run()))
    await client.wait_connected()

    async def end():
        client.close()
        server.close()
        await core.gather(*tasks, return_exceptions=True)

    return server, client, end


def cutter(client):
    """A function that breaks the client's connection, by closing it under its feet."""
    streams = []
    serve = client.serve

    def note(stream, records, greeting):
        streams.append(stream)
        return serve(stream, records, greeting)

    client.serve = note
    return lambda: streams[-1].close()


def test_messages_come_back_as_they_were(core, drivers):
    async def main():
        _, client, end = await both(core, drivers)
        for obj in ({"a": [1, 2.5, None]}, "Gr\u00fc\u00dfe\n", 0, [], True):
            await client.send(obj)
            assert await client.receive() == obj
        assert client.connected() and client.links == 1 and client.bad == 0
        await end()
        assert not client.connected()

    run(core, main, limit=20)


def test_both_ends_send_when_they_like(core, drivers):
    async def main():
        got = []

        async def handler(channel):
            for n in range(5):
                await channel.send(n)
            async for message in channel:
                got.append((channel.name, message))

        _, client, end = await both(core, drivers, {"name": "me"}, handler=handler)
        for n in range(5):
            assert await client.receive() == n
        await core.gather(*[client.send(n) for n in range(30)])  # more than the window
        assert got == [("me", n) for n in range(30)]
        await end()

    run(core, main, limit=20)


@pytest.mark.parametrize("windows", [(10, 10), (1, 1), (1, 10), (10, 1), (40, 2)])
def test_answers_are_acknowledged_while_more_comes_than_is_taken(core, drivers, windows):
    """The echo waits for the client's acknowledgement, which comes behind messages that wait for the echo."""

    async def main():
        server, client, end = await both(core, drivers, {"window": windows[0]}, window=windows[1])
        sending = core.create_task(core.gather(*[client.send(n) for n in range(40)]))
        for n in range(40):
            assert await core.wait_for(client.receive(), 10) == n
        await sending
        (channel,) = server.clients.values()
        assert (client.links, client.bad, client.again) == (1, 0, 0)
        assert (channel.links, channel.bad, channel.again) == (1, 0, 0)
        await end()

    run(core, main, limit=30)


def test_what_was_held_when_the_connection_broke_comes_once(core, drivers):
    async def main():
        begin, got = core.Event(), []

        async def handler(channel):
            await begin.wait()
            async for message in channel:
                got.append(message)

        server, client, end = await both(core, drivers, {"name": "me"}, handler=handler, window=3)
        sending = core.create_task(core.gather(*[client.send(n) for n in range(20)]))
        channel = server.clients["me"]
        for links in (2, 3):
            while len(channel._held) < 3:  # and no more
                await core.sleep_ms(2)
            client.cut()
            while client.links < links:
                await core.sleep_ms(2)
        begin.set()
        await sending
        assert got == list(range(20)) and channel.bad == client.bad == 0
        await end()

    run(core, main, limit=30)


def test_a_greeting_may_be_longer_than_any_message(core, drivers):
    async def main():
        server, client, end = await both(core, drivers, {"name": "\u00fc" * 32, "max_length": 1}, max_length=1)
        await client.send(1)
        assert await client.receive() == 1
        assert list(server.clients) == ["\u00fc" * 32]
        await end()

    run(core, main, limit=20)


@pytest.mark.parametrize(
    "client_options,options,words",
    [
        ({"max_length": 999}, {}, "max_length is 1000 here and 999 at the other end: let both be the same"),
        ({"name": "second"}, {"max_clients": 1}, "too many clients"),
    ],
)
def test_a_client_that_is_refused_is_told_why(core, drivers, client_options, options, words):
    async def main():
        server, _, end = await both(core, drivers, **options)
        other = drivers.HeartbeatClient("127.0.0.1", server._address[1], timeout=2, retry=0.02, **client_options)
        running = core.create_task(other.run())
        while other.last_error is None:
            await core.sleep_ms(2)
        assert words in str(other.last_error), other.last_error
        assert server.refused and not other.links and len(server.clients) == 1
        other.close()
        await running
        await end()

    run(core, main, limit=20)


def test_a_handler_that_fails_is_reported_and_its_client_gets_another(core, drivers):
    async def main():
        reported, begun = [], []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        async def handler(channel):
            begun.append(channel)
            async for message in channel:
                if message == "fail":
                    raise ValueError(message)
                await channel.send(message)

        server, client, end = await both(core, drivers, {"name": "me"}, handler=handler, window=3)
        for _ in range(2):
            await client.send("fail")
            for n in range(5):  # more than the window
                await client.send(n)
                assert await client.receive() == n
        assert [str(error) for error in reported] == ["fail", "fail"]
        assert len(begun) == client.links == 3 and list(server.clients) == ["me"]
        await end()

    run(core, main, limit=20)


@pytest.mark.parametrize("how", ["return", "close"])
def test_a_handler_that_is_done_ends_the_connection_and_the_next_has_another(core, drivers, how):
    async def main():
        got = []

        async def handler(channel):
            got.append(await channel.receive())
            if how == "close":
                channel.close()
                await core.sleep(1000)

        server, client, end = await both(core, drivers, {"name": "me"}, handler=handler, window=1)
        first = server.clients["me"]
        await client.send("first")
        while client.links < 2:
            await core.sleep_ms(2)
        await core.wait_for(client.send("second"), 5)
        while len(got) < 2:
            await core.sleep_ms(2)
        assert got == ["first", "second"] and first.closed() == (how == "close")
        await end()
        assert not server.clients

    run(core, main, limit=20)


def test_a_new_handler_gets_what_the_one_before_had_not_taken(core, drivers):
    async def main():
        reported, got = [], []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        async def handler(channel):
            got.append(await channel.receive())
            if len(got) % 2:
                raise ValueError("odd")

        server, client, end = await both(core, drivers, {"name": "me", "max_retry": 0.02}, handler=handler, window=4)
        await core.gather(*[client.send(n) for n in range(20)])
        while len(got) < 20:
            await core.sleep_ms(2)
        assert got == list(range(20)) and len(reported) == 10
        assert client.bad == server.clients["me"].bad == 0
        await end()

    run(core, main, limit=20)


def test_who_stays_away_after_its_handler_has_ended_is_forgotten(core, drivers):
    async def main():
        async def handler(channel):
            await channel.receive()

        server, client, end = await both(core, drivers, {"name": "me"}, handler=handler, forget=0.02)
        client._retry = 1000
        await client.send(1)
        while server.clients:
            await core.sleep_ms(5)
        assert not server._tasks
        await end()

    run(core, main, limit=20)


@pytest.mark.parametrize("how", ["cut", "close"])
def test_connections_that_are_over_leave_nothing_behind(core, drivers, how):
    """A client whose connection breaks all the time costs a server no more memory than another."""

    async def main():
        server, client, end = await both(core, drivers, {"name": "me"})
        for links in range(2, 20):
            await client.send(links)
            if how == "cut":
                client.cut()
            else:
                server.clients["me"].close()
            while client.links < links:
                await core.sleep_ms(1)
        await client.send(20)
        assert len(server._server.handlers) <= 2
        await end()

    run(core, main, limit=20)


def test_a_client_runs_once_at_a_time(core, drivers):
    async def main():
        _, client, end = await both(core, drivers)
        with pytest.raises(RuntimeError, match="runs already"):
            await client.run()
        await client.send(1)
        assert await client.receive() == 1 and client.links == 1
        await end()

    run(core, main, limit=20)


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\x00\n", b"{}\n", b'["hello"]\n', b'["hello", "x", "y", 1, 10, 1000]\n[1]\n', b"x" * 2000, b"\n",
        b'["hello", "x", "y", 1, 10, 1000]\n7.5\n',
    ],
)  # fmt: skip
def test_a_server_that_talks_nonsense_is_left_and_tried_again(core, drivers, text):
    async def main():
        met = []

        async def nonsense(reader, writer):
            met.append(1)
            writer.write(text)
            await writer.drain()
            await reader.read(1000)
            writer.close()

        port = free_port()
        server = await core.start_server(nonsense, "127.0.0.1", port)
        client = drivers.HeartbeatClient("127.0.0.1", port, timeout=0.2, retry=0.01, max_retry=0.02)
        running = core.create_task(client.run())
        while len(met) < 3:
            await core.sleep_ms(2)
        assert isinstance(client.last_error, (OSError, EOFError, core.TimeoutError)) and not running.done()
        client.close()
        await running
        server.close()
        await server.wait_closed()

    run(core, main, limit=20)


def test_a_broken_connection_is_made_anew_and_nothing_comes_twice(core, drivers):
    async def main():
        got = []

        async def handler(channel):
            async for message in channel:
                got.append(message)

        server, client, end = await both(core, drivers, {"name": "me"}, handler=handler)

        async def break_it():
            while True:
                await core.sleep_ms(5)
                client.cut()

        breaking = core.create_task(break_it())
        count = 0
        while client.links < 10:
            await core.gather(*[client.send(count + n) for n in range(10)])
            count += 10
        breaking.cancel()
        assert got == list(range(count))
        assert len(server.clients) == 1
        await end()

    run(core, main, limit=30)


def test_a_server_that_comes_back_is_found_and_gets_what_is_left(core, drivers):
    """Defect 73: upstream's client blocks in connecting, and ends with the first connection."""

    async def main():
        got = []

        async def handler(channel):
            async for message in channel:
                got.append(message)

        port = free_port()
        client = drivers.HeartbeatClient("127.0.0.1", port, timeout=2, retry=0.02, max_retry=0.1)
        running = core.create_task(client.run())
        sending = core.create_task(client.send("early"))
        await core.sleep_ms(80)
        assert not client.connected() and isinstance(client.last_error, (OSError, core.TimeoutError))
        for n in range(2):
            server = drivers.HeartbeatServer("127.0.0.1", port, timeout=2, handler=handler)
            serving = core.create_task(server.run())
            await sending
            server.close()
            await core.gather(serving, return_exceptions=True)
            while client.connected():
                await core.sleep_ms(5)
            sending = core.create_task(client.send(n))
        sending.cancel()
        assert got == ["early", 0]
        client.close()
        await running

    run(core, main, limit=30)


def test_a_silent_peer_is_given_up(core, drivers):
    async def main():
        taken = []

        async def say_nothing(stream, _):
            taken.append(stream)
            stream.write(b'["hello", "x", "boot", 1, 10, 1000]\n')
            await stream.drain()
            await core.sleep(20)

        port = free_port()
        server = await core.start_server(say_nothing, "127.0.0.1", port)
        client = drivers.HeartbeatClient("127.0.0.1", port, timeout=0.2, retry=0.02)
        running = core.create_task(client.run())
        while len(taken) < 2:
            await core.sleep_ms(10)
        assert isinstance(client.last_error, core.TimeoutError)
        client.close()
        await running
        server.close_clients()
        server.close()

    run(core, main, limit=20)


def test_an_idle_connection_is_kept_alive(core, drivers):
    async def main():
        _, client, end = await both(core, drivers, timeout=0.3)
        client.timeout = 0.3
        await client.send(1)
        await core.sleep(1.2)
        assert client.connected() and client.links == 1
        await end()

    run(core, main, limit=20)


HELLO = b'["hello", "a", "b", 1, 10, 1000]\n'


@pytest.mark.parametrize(
    "text",
    [
        b"\n", b"nonsense\n", b"[]\n", b"\xff\xfe\n", b"x" * 5000, b'["refused", {}]\n', b'["hello", "a", "b", 1]\n',
        b'["hello", 1, "b", 1, 10, 1000]\n', b'["hello", "a", "b", 0, 10, 1000]\n', HELLO[:-6] + b"999]\n",
        b'["hello", "a", "b", 1, 0, 1000]\n', HELLO + b'[7, "a gap"]\n', HELLO + b"{}\n", HELLO + b"[[\n",
        HELLO + b"[true, 1]\n", HELLO + b"".join([b"[%d, 0]\n" % n for n in range(1, 40)]),
    ],
)  # fmt: skip
def test_what_is_no_client_is_turned_away_and_the_others_are_served(core, drivers, text):
    async def main():
        server, client, end = await both(core, drivers)
        server._timeout = 0.3
        stream, _ = await core.open_connection("127.0.0.1", server._address[1])
        stream.write(text)
        await stream.drain()
        try:
            while await stream.read(100):
                pass
        except OSError:  # it was closed with what had come unread
            pass
        stream.close()
        await client.send("still")
        assert await client.receive() == "still"
        assert server.refused + sum([channel.bad for channel in server.clients.values()]) == 1
        await end()

    run(core, main, limit=20)


def test_a_client_that_stays_away_is_forgotten_and_more_than_so_many_are_turned_away(core, drivers):
    async def main():
        ended = []

        async def handler(channel):
            try:
                async for _ in channel:
                    pass
            finally:
                ended.append(channel.name)

        server, client, end = await both(core, drivers, {"name": "a"}, handler=handler, max_clients=1, forget=0.05)
        other = drivers.HeartbeatClient("127.0.0.1", server._address[1], name="b", timeout=2, retry=0.02)
        running = core.create_task(other.run())
        while not server.refused:
            await core.sleep_ms(5)
        client.close()
        await other.wait_connected()
        assert ended == ["a"] and list(server.clients) == ["b"]
        other.close()
        await running
        await end()
        assert ended == ["a", "b"] and not server.clients

    run(core, main, limit=20)


def test_after_close_it_says_so(core, drivers):
    async def main():
        port = free_port()
        client = drivers.HeartbeatClient("127.0.0.1", port, window=1, retry=0.02)
        running = core.create_task(client.run())
        tasks = [core.create_task(client.send(n)) for n in range(3)] + [core.create_task(client.receive())]
        await core.sleep_ms(10)
        client.close()
        client.close()
        for task in tasks:
            with pytest.raises(RuntimeError, match="channel is closed"):
                await task
        with pytest.raises(RuntimeError, match="channel is closed"):
            await client.send(1)
        async for _ in client:
            raise AssertionError
        await running
        with pytest.raises(RuntimeError, match="channel is closed"):
            await client.wait_connected()

    run(core, main, limit=20)


def test_what_makes_no_sense_is_refused(core, drivers):
    async def main():
        for options in ({"timeout": 0}, {"window": 0}, {"max_length": 0}, {"retry": 0}, {"retry": 9, "max_retry": 8}):
            with pytest.raises(ValueError):
                drivers.HeartbeatClient("127.0.0.1", **options)
        for options in ({"timeout": 0}, {"forget": -1}, {"max_clients": 0}, {"window": 0}):
            with pytest.raises(ValueError):
                drivers.HeartbeatServer(**options)
        for name, error in ((5, TypeError), (b"name", TypeError), ("", ValueError), ("\u00fc" * 33, ValueError)):
            with pytest.raises(error, match="a name"):
                drivers.HeartbeatClient("127.0.0.1", name=name)
        for refused in (lambda: drivers.HeartbeatClient(5), lambda: drivers.HeartbeatServer(5)):
            with pytest.raises(TypeError, match="a host is text"):
                refused()
        client = drivers.HeartbeatClient("127.0.0.1", max_length=10)
        with pytest.raises(ValueError, match="10 bytes at the most, not 13"):
            await client.send("01234567890")
        assert submodule(drivers, "channel").Channel.__name__ == "Channel"

    run(core, main)
