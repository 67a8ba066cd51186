"""open_connection and start_server: who connects to what, who hears of a failure, and what is closed."""

import errno
import os

import pytest

from support import CPYTHON, free_port, run, start_thread, watched


async def echo(reader, writer):
    while True:
        data = await reader.read(1000)
        if not data:
            break
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def refused(core, port):
    with pytest.raises(OSError) as caught:
        await core.open_connection("127.0.0.1", port)
    return caught.value


def test_a_hundred_clients_are_echoed_at_once(core):
    port = free_port()
    count = 100 if CPYTHON else 40

    async def client(n):
        reader, writer = await core.open_connection("127.0.0.1", port)
        assert reader is writer
        for turn in range(10):
            text = b"%d of %d\n" % (turn, n) * 10
            writer.write(text)
            await writer.drain()
            assert await reader.readexactly(len(text)) == text
        writer.close()
        await writer.wait_closed()

    async def main():
        async with await core.start_server(echo, "127.0.0.1", port, backlog=100) as server:
            await core.gather(*[client(n) for n in range(count)])
            assert server.is_serving()
        assert not server.is_serving()
        await core.sleep_ms(20)
        assert not server.handlers
        assert watched(core.get_event_loop()) == 0

    run(core, main, limit=30)


def test_a_refused_connection_is_an_error_of_open_connection(core):
    """Defect 28: upstream returns a stream whose first read fails."""

    async def main():
        error = await refused(core, free_port())
        assert error.errno == errno.ECONNREFUSED
        assert watched(core.get_event_loop()) == 0

    run(core, main)


def test_every_address_is_tried(core):
    """Defect 28: upstream takes the first only."""
    import socket

    connect = __import__(core.__name__ + ".connect", None, None, ("resolver",))
    port, other = free_port(), free_port()
    asked = []

    async def look_up(host, port, family, kind):
        asked.append((host, family, kind))
        await core.sleep_ms(1)
        dead = socket.getaddrinfo("127.0.0.1", other, 0, socket.SOCK_STREAM)
        if host == "nowhere.example":
            return dead + dead
        if host == "none.example":
            return []
        return dead + socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_STREAM)

    async def main():
        connect.resolver = look_up
        async with await core.start_server(echo, "127.0.0.1", port):
            reader, writer = await core.open_connection("two.example", port)
            writer.write(b"hello")
            assert await reader.read(10) == b"hello"
            assert reader.get_extra_info("peername")
            writer.close()
            assert asked == [("two.example", 0, socket.SOCK_STREAM)]
            with pytest.raises(OSError, match="no address of nowhere.example answers"):
                await core.open_connection("nowhere.example", port)
            with pytest.raises(OSError, match="no address"):
                await core.open_connection("none.example", port)
        assert len(asked) == 3  # and not for the numeric address

    try:
        run(core, main)
    finally:
        connect.resolver = None


def test_without_a_resolver_names_are_looked_up_by_offload_and_numbers_at_once(core):
    connect = __import__(core.__name__ + ".connect", None, None, ("is_numeric",))
    for host, numeric in (("127.0.0.1", True), ("::1", True), ("fe80::1%eth0", True), ("localhost", False)):
        assert connect.is_numeric(host) == numeric

    async def main():
        port = free_port()
        async with await core.start_server(echo, "127.0.0.1", port):
            _, writer = await core.open_connection("localhost", port)
            writer.close()

    run(core, main)


@pytest.mark.cpython
def test_a_name_server_that_takes_its_time_holds_up_no_task(core, monkeypatch):
    """Defect 28: upstream's look-up stops everything."""
    import socket
    import threading

    asked, answer = threading.Event(), threading.Event()
    look_up = socket.getaddrinfo

    def slow(host, *args):
        if host == "slow.example":
            asked.set()
            assert answer.wait(10)
            host = "127.0.0.1"
        return look_up(host, *args)

    monkeypatch.setattr(socket, "getaddrinfo", slow)

    async def main():
        port = free_port()
        async with await core.start_server(echo, "127.0.0.1", port):
            connecting = core.create_task(core.open_connection("slow.example", port))
            turns = 0
            while not asked.is_set() or turns < 100:
                await core.sleep(0)
                turns += 1
            assert not connecting.done()
            answer.set()
            _, writer = await connecting
            writer.close()

    run(core, main)


def test_a_cancelled_connect_closes_its_socket(core):
    """Defect 28: upstream leaks it."""
    import socket

    def descriptors():
        return len(os.listdir("/proc/self/fd"))

    try:
        os.stat("/proc/self/fd")
    except OSError:
        pytest.skip("no /proc to count descriptors in")

    async def main():
        port = free_port()
        address = socket.getaddrinfo("127.0.0.1", port)[0][-1]
        listener = socket.socket()
        listener.bind(address)
        listener.listen(0)
        clients = []
        for _ in range(4):  # more than it has room for: the next one's connecting takes a long time
            client = socket.socket()
            client.setblocking(False)
            try:
                client.connect(address)
            except OSError:
                pass
            clients.append(client)
        await core.sleep_ms(5)
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(core.open_connection("127.0.0.1", port), 20)
        before = descriptors()
        for _ in range(3):
            with pytest.raises(core.TimeoutError):
                await core.wait_for_ms(core.open_connection("127.0.0.1", port), 20)
        assert descriptors() == before
        assert watched(core.get_event_loop()) == 0
        for sock in clients:
            sock.close()
        listener.close()

    run(core, main)


def test_cancelled_at_any_wait_a_client_leaves_no_descriptor_and_no_task(core):
    try:
        os.stat("/proc/self/fd")
    except OSError:
        pytest.skip("no /proc to count descriptors in")
    stages = []

    async def session(port, text):
        _, stream = await core.open_connection("127.0.0.1", port)
        stages.append("connected")
        async with stream:
            for _ in range(3):
                stream.write(text)
                await stream.drain()
                stages.append("sent")
                assert await stream.readexactly(len(text)) == text
                stages.append("read")
                stream.write(b"line\n")
                await stream.drain()
                assert await stream.readline() == b"line\n"
                stages.append("line")
        stages.append("closed")

    async def main():
        port = free_port()
        loop = core.get_event_loop()
        async with await core.start_server(echo, "127.0.0.1", port) as server:
            await session(port, b"first")
            await core.sleep_ms(5)
            before = len(os.listdir("/proc/self/fd"))
            for passes in range(200):
                task = core.create_task(session(port, b"text"))
                for _ in range(passes):
                    await core.sleep(0)
                ended = task.done()
                task.cancel()
                try:
                    await task
                except core.CancelledError:
                    pass
                if ended:
                    break
            assert ended, stages[-20:]
            for _ in range(100):
                if not server.handlers:
                    break
                await core.sleep_ms(1)
            assert not server.handlers
            assert len(os.listdir("/proc/self/fd")) == before
            assert loop.io.watching == 1  # the server's
            await session(port, b"last")
            assert stages[-1] == "closed"

    run(core, main, limit=30)


def test_a_taken_port_is_an_error_of_start_server(core):
    async def main():
        port = free_port()
        async with await core.start_server(echo, "127.0.0.1", port):
            with pytest.raises(OSError) as caught:
                await core.start_server(echo, "127.0.0.1", port)
            assert caught.value.errno == errno.EADDRINUSE
        with pytest.raises(TypeError):
            await core.start_server(None, "127.0.0.1", port)
        async with await core.start_server(echo, "127.0.0.1", port):  # free again at once
            pass

    run(core, main)


def test_cancelling_who_waits_for_the_server_closes_it(core):
    async def main():
        port = free_port()
        server = await core.start_server(echo, "127.0.0.1", port)
        owner = core.create_task(server.wait_closed())
        await core.sleep_ms(1)
        owner.cancel()
        with pytest.raises(core.CancelledError):
            await owner
        await refused(core, port)
        server.close()

    run(core, main)


def test_a_closed_server_serves_its_clients_on_until_told(core):
    async def main():
        port = free_port()
        server = await core.start_server(echo, "127.0.0.1", port)
        reader, writer = await core.open_connection("127.0.0.1", port)
        writer.write(b"1")
        assert await reader.read(1) == b"1"
        server.close()
        server.close()
        await server.wait_closed()
        await refused(core, port)
        writer.write(b"2")
        assert await reader.read(1) == b"2"
        assert len(server.handlers) == 1
        server.close_clients()
        assert await reader.read(1) == b""  # a cancelled handler's stream is closed
        assert not server.handlers
        writer.close()

    run(core, main)


def test_a_failed_handler_is_reported_and_its_client_hears_the_end(core):
    reports = []

    async def failing(reader, writer):
        await reader.read(1)
        raise ValueError("the handler's")

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))
        port = free_port()
        async with await core.start_server(failing, "127.0.0.1", port):
            reader, writer = await core.open_connection("127.0.0.1", port)
            writer.write(b"x")
            assert await reader.read(1) == b""
            writer.close()
            await core.sleep_ms(2)

    run(core, main)
    assert [str(exc) for exc in reports] == ["the handler's"]


@pytest.mark.cpython
def test_a_server_without_descriptors_waits_and_then_serves_on(core):
    """Defect 29: upstream tries again at full speed."""
    import resource

    reports = []

    async def main():
        loop = core.get_event_loop()
        loop.set_exception_handler(lambda loop, context: reports.append(context["exception"]))
        port = free_port()
        async with await core.start_server(echo, "127.0.0.1", port) as server:
            tries = []
            accept = server._accept
            server._accept = lambda: (tries.append(1), accept())[1]
            limits = resource.getrlimit(resource.RLIMIT_NOFILE)
            task = core.create_task(core.open_connection("127.0.0.1", port))
            await core.sleep(0)  # its socket is made
            top = os.dup(0)
            os.close(top)
            resource.setrlimit(resource.RLIMIT_NOFILE, (top, limits[1]))
            try:
                reader, writer = await task
                await core.sleep_ms(250)
                assert 2 <= len(tries) <= 4
                assert [exc.errno for exc in reports] == [errno.EMFILE]
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            writer.write(b"at last")
            assert await reader.read(10) == b"at last"
            writer.close()

    run(core, main)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """(the context of a server, the context of a client that trusts it)"""
    import shutil
    import ssl
    import subprocess

    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    options = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    command = f"openssl {options} -keyout {key} -out {cert}".split()
    subprocess.run(command, check=True, capture_output=True)
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(cert, key)
    return server_side, ssl.create_default_context(cafile=str(cert))


@pytest.mark.cpython
def test_tls_both_ways(core, tls):
    import ssl

    server_side, client_side = tls
    text = bytes(range(256)) * 4000

    async def main():
        reports = []
        core.get_event_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))
        port = free_port()
        async with await core.start_server(echo, "127.0.0.1", port, ssl=server_side):
            reader, writer = await core.open_connection("127.0.0.1", port, client_side, "localhost")
            for size in (1, 100_000, len(text)):
                writer.write(text[:size])
                drain = core.create_task(writer.drain())
                assert await reader.readexactly(size) == text[:size]
                await drain
            writer.write(b"line\nanother\n")
            assert await reader.readline() == b"line\n"
            assert await reader.read(3) == b"ano"
            writer.close()
            assert reports == []
            with pytest.raises(ssl.SSLError):
                await core.open_connection("127.0.0.1", port, True, "localhost")
            await core.sleep_ms(20)
            assert len(reports) == 1

    run(core, main)


@pytest.mark.cpython
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_the_end_of_a_tls_stream_is_told_from_a_cut_line(core, tls, version):
    """By a message of its own, without which the other side has to take it for an attack."""
    import socket
    import ssl

    server_side, client_side = tls
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(5)
    text = bytes(range(256)) * 2000

    def serve():
        raw, _ = listening.accept()
        raw.settimeout(5)
        with server_side.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as sock:
            sock.sendall(b"begin")
            got = bytearray()
            while True:
                piece = sock.recv(5000)
                if not piece:
                    return got
                got += piece

    async def main():
        thread = start_thread(serve)
        port = listening.getsockname()[1]
        reader, writer = await core.open_connection("127.0.0.1", port, client_side, "localhost")
        assert await reader.readexactly(5) == b"begin"  # what a close leaves unread would reset the connection
        writer.write(text)
        writer.close()
        await writer.wait_closed()
        return thread.join()

    before = client_side.maximum_version
    client_side.maximum_version = ssl.TLSVersion[version]
    try:
        assert run(core, main) == text
    finally:
        client_side.maximum_version = before
        listening.close()


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_is_none_is_refused(core, port):
    """The system takes its last 16 bits, and so another port."""

    async def main():
        with pytest.raises(ValueError, match=str(port)):
            await core.open_connection("127.0.0.1", port)
        with pytest.raises(ValueError, match=str(port)):
            await core.start_server(echo, "127.0.0.1", port)

    run(core, main)
