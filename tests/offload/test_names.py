"""Names are looked up on threads of their own, by the system: here of a real name server, which may be silent.

The system's resolver can't be given a server but by its configuration file. So these tests run in a child process that
has namespaces of its own: there /etc/resolv.conf names the server, a socket at port 53 of a network with nobody else.
"""

import pytest

from support import CPYTHON, run

if CPYTHON:
    import shutil
    import subprocess
    import sys


def test_a_name_becomes_addresses_as_the_system_gives_them(core, offload):
    import socket

    async def main():
        return await offload.getaddrinfo("localhost", 80, 0, socket.SOCK_STREAM)

    found = run(core, main)
    known = socket.getaddrinfo("localhost", 80, 0, socket.SOCK_STREAM)
    assert [entry[-1] for entry in found] == [entry[-1] for entry in known]


def test_a_name_that_is_not_known_is_an_os_error(core, offload):
    async def main():
        with pytest.raises(OSError):
            await offload.getaddrinfo("nothing.invalid", 80)

    run(core, main)


def test_a_name_becomes_an_ipv4_address(core, offload):
    async def main():
        return await offload.gethostbyname("localhost", timeout=None)

    assert run(core, main) == "127.0.0.1"


def test_a_limit_that_can_t_be_is_refused(core, offload):
    async def main():
        with pytest.raises(ValueError, match="timeout"):
            await offload.getaddrinfo("localhost", 80, timeout=-1)

    run(core, main)


@pytest.mark.cpython
def test_arguments_are_those_of_the_system_s(core, offload):
    import socket

    async def main():
        return await offload.getaddrinfo("127.0.0.1", "80", type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)

    assert run(core, main) == [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("127.0.0.1", 80))]


@pytest.mark.cpython
def test_names_that_hang_hold_up_no_other_blocking_call(core, offload, monkeypatch):
    import socket
    import threading

    gate = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args: gate.wait(10) and [])

    async def main():
        hanging = [core.create_task(offload.getaddrinfo(f"host{n}.example", 80)) for n in range(40)]
        await core.sleep_ms(5)
        result = await core.wait_for(offload.unblock(len, "four"), 5)
        assert not any(task.done() for task in hanging)
        gate.set()
        assert await core.gather(*hanging) == [[]] * 40
        return result

    assert run(core, main) == 4


def test_there_is_no_other_name_to_load(offload):
    with pytest.raises(AttributeError):
        offload.getaddrinfos  # noqa: B018


SERVER = """
import fcntl, os, socket, struct, sys, threading, time

class Server:
    # Answers for names of known.test, that there is none of unknown.test, and nothing for silent.test.

    def __init__(self):
        lo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        fcntl.ioctl(lo, 0x8914, struct.pack("16sH14x", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
        lo.close()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 53))
        self.asked = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, who = self.sock.recvfrom(512)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1 : at + 1 + query[at]].decode())
                at += 1 + query[at]
            kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
            name = ".".join(labels)
            self.asked.append(name)
            if name.endswith("silent.test"):
                continue
            known = name.endswith("known.test") and not name.endswith("unknown.test")
            answer = b""
            if known and kind == 1:
                answer = struct.pack(">HHHIH4B", 0xC00C, 1, 1, 60, 4, 10, 1, 2, 3)
            head = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, 1 if answer else 0, 0, 0)
            self.sock.sendto(head + query[12 : at + 5] + answer, who)

async def refused(error, awaitable):
    try:
        await awaitable
    except error as caught:
        return caught
    raise AssertionError(f"no {error}")

if PURE:
    from twincore.desktop import pure
    pure.install()
    from twincore_pure import core, offload
else:
    from twincore import core, offload
server = Server()
start = time.monotonic()
"""


@pytest.fixture
def child(variant, tmp_path):
    """A function that runs a program after SERVER in a child with a name server; returns what it printed."""
    if not shutil.which("unshare"):
        pytest.skip("no namespaces: there is no `unshare` here")
    configured = tmp_path / "resolv.conf"
    configured.write_text("nameserver 127.0.0.1\noptions timeout:30 attempts:1\n")
    enter = ["unshare", "--map-root-user", "--mount", "--net", "sh", "-c"]
    mount = f"mount --bind '{configured}' /etc/resolv.conf && exec "
    trial = enter + [mount + "true"]  # noqa: RUF005  MicroPython has no [*enter, ...]
    if subprocess.run(trial, check=False, capture_output=True, timeout=20).returncode:
        pytest.skip("no namespaces: this system does not let its users make them")

    def call(program, timeout=20):
        source = f"PURE = {variant == 'plain'}\n{SERVER}{program}"
        command = enter + [mount + '"$0" -c "$1"', sys.executable, source]  # noqa: RUF005
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


@pytest.mark.cpython
def test_a_name_server_that_knows_the_name_or_does_not(child):
    printed = child("""
async def main():
    found = await offload.getaddrinfo("a.known.test", 80, 0, socket.SOCK_STREAM)
    assert [entry[-1] for entry in found] == [("10.1.2.3", 80)], found
    assert await offload.gethostbyname("b.known.test") == "10.1.2.3"
    error = await refused(socket.gaierror, offload.getaddrinfo("a.unknown.test", 80))
    assert error.errno == socket.EAI_NONAME, error
    await refused(socket.gaierror, offload.gethostbyname("b.unknown.test"))
    assert {"a.known.test", "b.known.test", "a.unknown.test", "b.unknown.test"} <= set(server.asked), server.asked

core.run(main())
print("done")
""")
    assert printed == "done\n"


@pytest.mark.cpython
def test_a_name_server_that_is_silent(child):
    """Its names are late; other names, files and calls go on; who is cancelled goes at once; the process can end."""
    printed = child("""
async def main():
    first = core.create_task(offload.getaddrinfo("a.silent.test", 80))
    second = core.create_task(offload.gethostbyname("b.silent.test"))
    while not {"a.silent.test", "b.silent.test"} <= set(server.asked):
        await core.sleep_ms(1)
    assert await offload.gethostbyname("a.known.test") == "10.1.2.3"
    assert await offload.unblock(len, "four") == 4
    assert await offload.unblock(os.listdir, "/proc/self/ns")
    before = time.monotonic()
    await refused(core.TimeoutError, offload.getaddrinfo("c.silent.test", 80, timeout=0.1))
    assert 0.09 < time.monotonic() - before < 5
    assert not first.done() and not second.done()
    first.cancel()
    await refused(core.CancelledError, first)
    second.cancel()
    await refused(core.CancelledError, second)
    counts = offload.pool("dns").statistics()
    assert (counts["running"], counts["abandoned"]) == (3, 3), counts
    assert await offload.gethostbyname("b.known.test") == "10.1.2.3"

core.run(main())
assert time.monotonic() - start < 15
print("done")
""")
    assert printed == "done\n"  # long before the resolver gives up, after 30 s


@pytest.mark.cpython
def test_when_all_threads_for_names_hang_the_rest_goes_on_and_names_are_late(child):
    printed = child("""
async def main():
    hanging = [core.create_task(offload.getaddrinfo(f"{n}.silent.test", 80, timeout=0.3)) for n in range(8)]
    while offload.pool("dns").statistics()["running"] < 4:
        await core.sleep_ms(1)
    error = await refused(core.TimeoutError, offload.gethostbyname("a.known.test", timeout=0.05))
    assert "getaddrinfo" in str(error), error
    assert await offload.unblock(len, "four") == 4
    for task in hanging:
        await refused(core.TimeoutError, task)
    assert "a.known.test" not in server.asked  # withdrawn
    assert offload.pool("dns").statistics()["running"] == 4  # each until the resolver gives up

core.run(main())
print("done")
""")
    assert printed == "done\n"


@pytest.mark.cpython
def test_open_connection_asks_the_name_server(child):
    printed = child("""
async def main():
    async def serve(reader, writer):
        writer.close()
    found = await refused(OSError, core.open_connection("a.unknown.test", 80))
    assert isinstance(found, socket.gaierror), found
    await refused(core.TimeoutError, core.wait_for(core.open_connection("a.silent.test", 80), 0.1))
    await refused(OSError, core.open_connection("a.known.test", 80))  # it has no route to there, but an address
    assert {"a.unknown.test", "a.silent.test", "a.known.test"} <= set(server.asked), server.asked

core.run(main())
print("done")
""")
    assert printed == "done\n"
