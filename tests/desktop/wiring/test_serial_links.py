"""A UART's other end outside the simulated board: bytes go both ways, and nothing is left when the board is closed."""

import os
import socket
import threading
import time

import pytest

from twincore.desktop.board import Board
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
serial = pytest.importorskip("serial", reason="the extra `serial` is not installed")


@pytest.fixture
def uart(tmp_path):
    """A function that gives a board whose UART 0 is wired as this text says, the UART, and the notes."""
    boards = []

    def make(text):
        file = tmp_path / "board.toml"
        file.write_text(f"[uart.0]\n{text}\n")
        board = Board()
        boards.append(board)
        wiring = Wiring.load(file)
        wiring.apply(board)
        return board, board.uart(0), wiring.notes

    yield make
    for board in boards:
        board.close()


class Heard:
    """What arrived at the board, to wait for."""

    def __init__(self, port):
        self.port, self.changed = port, threading.Condition()
        port.on_received = self.tell

    def tell(self):
        with self.changed:
            self.changed.notify_all()

    def wait(self, data):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.port.received) >= len(data), 10)
        assert bytes(self.port.received) == data


def test_a_program_that_opens_the_pseudo_terminal_talks_to_the_board(uart):
    _, port, notes = uart("pty = true")
    path = notes[0].removeprefix("UART(0) is at ")
    heard = Heard(port)
    with serial.Serial(path, timeout=10) as program:
        program.write(b"to the board\r\n")
        heard.wait(b"to the board\r\n")
        port.transmit(b"\x00\n\x03 from it")
        assert program.read(11) == b"\x00\n\x03 from it"


def test_programs_may_come_and_go_and_miss_nothing(uart):
    _, port, notes = uart("pty = true")
    path = notes[0].split()[-1]
    with serial.Serial(path):
        pass
    gone = threading.Event()
    port.on_byte.append(lambda byte: byte == ord("d") and gone.set())
    port.transmit(b"abcd")
    assert gone.wait(10)
    program = os.open(path, os.O_RDWR | os.O_NOCTTY)  # pyserial would drop what is there
    try:
        data = os.read(program, 10)
        while len(data) < 4:  # the kernel may hand it over in parts
            data += os.read(program, 10)
        assert data == b"abcd"
    finally:
        os.close(program)


def test_a_pseudo_terminal_has_the_name_that_was_asked_for_until_the_board_is_closed(uart, tmp_path):
    (tmp_path / "gps").symlink_to("left by a run that was killed")
    board, _, notes = uart('pty = "gps"')
    assert notes == [f"UART(0) is at {tmp_path / 'gps'}"]
    assert (tmp_path / "gps").resolve() == (tmp_path / "gps").readlink()
    board.close()
    assert not (tmp_path / "gps").is_symlink()


def test_what_nobody_reads_is_counted_and_stops_nothing(uart):
    board, _, _ = uart("pty = true")
    link = board.devices[-1]
    for _ in range(70):
        link._pty.send(b"x" * 1024)
    assert int(link.state()["lost"]) > 0


def test_a_serial_port_of_this_machine_is_the_other_end(uart):
    ours, theirs = os.openpty()
    try:
        import tty

        tty.setraw(theirs)
        board, port, _ = uart(f'port = "{os.ttyname(theirs)}"\nbaudrate = 9600')
        heard = Heard(port)
        os.write(ours, b"in")
        heard.wait(b"in")
        port.transmit(b"out")
        data = b""
        while len(data) < 3:
            data += os.read(ours, 10)
        assert data == b"out"
        assert board.devices[-1]._serial.baudrate == 115_200  # the board's, since it has sent
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_port_may_be_a_url_as_pyserial_has_it(uart):
    with socket.create_server(("127.0.0.1", 0)) as server:
        _, port, _ = uart(f'port = "socket://127.0.0.1:{server.getsockname()[1]}"')
        there = server.accept()[0]
        with there:
            heard = Heard(port)
            there.sendall(b"in")
            heard.wait(b"in")
            port.transmit(b"out")
            assert there.makefile("rb").read(3) == b"out"


@pytest.mark.parametrize("far_end", ["pty = true", 'port = "loop://"'])
def test_closing_the_board_leaves_no_thread_and_no_file(uart, far_end):
    uart(far_end)[0].close()  # what a first one leaves imported
    files, threads = os.listdir("/proc/self/fd"), threading.active_count()
    board, port, _ = uart(far_end)
    assert threading.active_count() == threads + 1
    board.close()
    board.close()
    assert (os.listdir("/proc/self/fd"), threading.active_count()) == (files, threads)
    assert not port.on_byte


def test_a_port_that_is_unplugged_says_so_once(uart):
    ours, theirs = os.openpty()
    board, port, _ = uart(f'port = "{os.ttyname(theirs)}"')
    told, gone = [], threading.Event()
    board.output = told.append
    link = board.devices[-1]
    os.close(theirs)
    os.close(ours)
    link._thread.join(10)
    port.on_byte.append(lambda byte: gone.set())
    port.transmit(b"x")
    assert gone.wait(10)
    assert set(link.state()) == {"port", "failed"}
    assert len(told) == 1 and told[0].startswith("UART(0): /dev/pts/") and " failed: " in told[0]
    start = time.monotonic()
    board.close()
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('port = "/dev/none"', r"uart\.0\.port: .*could not open port /dev/none"),
        ('port = "sokcet://x"', r"uart\.0\.port: invalid URL, protocol 'sokcet' not known"),
        ('port = "loop://"\nbaudrate = 0', r"uart\.0\.baudrate: it is 1 or more, not 0"),
        ("pty = 3", r"uart\.0\.pty: it is true, or the name of a link to it, not 3"),
        ("pty = false", r"uart\.0\.pty: it is true, or the name of a link to it, not False"),
        ('pty = "none/gps"', r"uart\.0\.pty: .*No such file or directory"),
        ('pty = "board.toml"', r"uart\.0\.pty: .*File exists"),
    ],
)
def test_what_cannot_be_opened_is_told(uart, text, message):
    with pytest.raises(BadSetting, match=message):
        uart(text)


def test_without_pyserial_it_says_what_to_install(uart, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "serial", None)
    with pytest.raises(BadSetting, match=r"uart\.0\.port: it needs serial: pip install 'twincore\[serial\]'"):
        uart('port = "loop://"')
