"""`twincore serve`: an emulated board as tools made for real boards see it. mpremote and pyserial are unmodified."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tty
from collections import deque

import pytest

from twincore.desktop.chips.pseudo_terminal import PseudoTerminal
from twincore.desktop.emulation import served

serial = pytest.importorskip("serial", reason="the extra `board` is not installed")
pytest.importorskip("mpremote", reason="the extra `board` is not installed")

COUNTER = "import time\nn = 0\nwhile True:\n    time.sleep_ms(100)\n    n += 1\n    print('count', n)\n"


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("rp2040")


@pytest.fixture
def board(started):
    """A function that serves a board with these options, and gives its address and the process."""

    def serve(*options):
        process = started("serve", *options, *([] if "--pty" in options else ["--port", "0"]))
        return process.stdout.readline().decode().split()[-1], process

    return serve


@pytest.fixture
def mpremote(tmp_path):
    """A function that runs mpremote's commands on the board at an address, and gives what they print."""

    def run(address, *words):
        command = [sys.executable, "-m", "mpremote", "connect", address, *map(str, words)]
        result = subprocess.run(
            command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50
        )
        assert result.returncode == 0, result
        return result.stdout

    return run


def read_until(port, wanted):
    seen = b""
    while wanted not in seen:
        seen += port.read(1)
        assert len(seen) < 10_000
    return seen


def test_mpremotes_commands_one_after_another(board, mpremote, tmp_path):
    address, process = board()
    (tmp_path / "local.py").write_text("print('from a file of this machine')\n")
    (tmp_path / "blob").write_bytes(os.urandom(3000))
    assert mpremote(address, "exec", "import twincore.core; print('here')") == "here\n"
    assert mpremote(address, "run", "local.py") == "from a file of this machine\n"
    assert mpremote(address, "mount", ".", "exec", "import local").endswith("from a file of this machine\n")
    mpremote(address, "fs", "cp", "blob", ":blob", "+", "fs", "cp", ":blob", "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "blob").read_bytes()
    assert "3000 blob" in mpremote(address, "fs", "ls")
    mpremote(address, "fs", "rm", ":blob", "+", "soft-reset")
    assert "blob" not in mpremote(address, "fs", "ls")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130


def test_the_port_is_there_again_when_the_board_has_reset_and_when_it_has_crashed(board, mpremote):
    address, process = board()
    cause = "import machine; print({machine.PWRON_RESET: 'power', machine.WDT_RESET: 'reset'}[machine.reset_cause()])"
    assert mpremote(address, "exec", cause) == "power\n"
    mpremote(address, "reset")
    assert process.stderr.readline() == b"twincore: the board resets\n"
    assert mpremote(address, "exec", cause) == "reset\n"
    mpremote(address, "exec", "--no-follow", "import machine; machine.mem32[0x60000000]")
    assert re.fullmatch(
        rb"twincore: core 0 crashed: hard fault at 0x\w+: .*; the board boots again\n", process.stderr.readline()
    )
    assert mpremote(address, "exec", "print(1)") == "1\n"


PRINTS = "import time\nprint('main.py')\nwhile True: time.sleep(1)\n"
RESET = b"\x03\rprint(6 * 7); import machine; machine.reset()\r"


def test_a_client_is_hung_up_on_at_a_reset_as_by_usb_and_the_next_one_may_come(board, app):
    address, _ = board(app(PRINTS))
    with serial.serial_for_url(address, timeout=20) as port:
        read_until(port, b"main.py\r\n")
        port.write(RESET)
        read_until(port, b"\r\n42\r\n")
        with pytest.raises(serial.SerialException, match="disconnected"):
            port.read(100)
    with serial.serial_for_url(address, timeout=20) as port:
        port.write(b"\x03\rprint(6 * 7)\r")
        read_until(port, b"\r\n42\r\n")


def test_a_link_leads_to_another_terminal_after_a_reset_and_the_one_before_is_hung_up(board, app, tmp_path):
    link = tmp_path / "board"
    board(app(PRINTS), "--pty", "--link", link)
    before = os.readlink(link)
    with serial.Serial(str(link), timeout=20) as port:
        read_until(port, b"main.py\r\n")
        port.write(RESET)
        read_until(port, b"\r\n42\r\n")
        with pytest.raises((serial.SerialException, OSError)):
            port.read(100)
    assert os.readlink(link) != before
    assert [entry.name for entry in tmp_path.iterdir() if "board" in entry.name] == ["board"]
    with serial.Serial(str(link), timeout=20) as port:
        read_until(port, b"main.py\r\n")
        port.write(b"\x03\rprint(6 * 7)\r")
        read_until(port, b"\r\n42\r\n")


def test_a_terminal_without_a_link_stays_the_same_over_a_reset(board, app):
    address, _ = board(app(PRINTS), "--pty")
    with serial.Serial(address, timeout=20) as port:
        read_until(port, b"main.py\r\n")
        port.write(RESET)
        read_until(port, b"\r\n42\r\n")
        read_until(port, b"main.py\r\n")


def test_one_client_at_a_time(board):
    address, _ = board()
    place = ("127.0.0.1", int(address.rpartition(":")[2]))
    with socket.create_connection(place, timeout=20) as first:
        said = first.makefile("rb", buffering=0)
        first.sendall(b"\r\x03")
        read_until(said, b">>> ")
        with socket.create_connection(place, timeout=20) as second:
            assert second.recv(100) == b"twincore: the port is in use by another program\r\n"
            assert second.recv(1) == b""
        first.sendall(b"print(6*7)\r")
        read_until(said, b"\r\n42\r\n")


def test_a_port_that_is_taken_is_told_in_one_line(board, twincore):
    port = board()[0].rpartition(":")[2]
    result = twincore("serve", "--port", port)
    said = f"twincore: port {port} is in use, perhaps by another `twincore serve`: --port 0 takes any free one\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", said)


def test_a_board_that_runs_an_application_is_interrupted_and_goes_on_after_a_soft_reset(board, app):
    app("", "beside.py")
    address, _ = board("--file", app("hello\n", "data.txt"), app("import beside\n" + COUNTER))
    with serial.serial_for_url(address, timeout=20) as port:
        read_until(port, b"count 2\r\n")
        port.write(b"\x03")
        assert b"KeyboardInterrupt" in read_until(port, b">>> ")
        port.write(b"print(open('data.txt').read())\r")
        read_until(port, b"hello")
        port.write(b"\x04")
        read_until(port, b"soft reboot")
        read_until(port, b"count 1\r\n")


@pytest.mark.parametrize("pause", ["pass", "time.sleep_ms(500)"])
def test_what_an_application_prints_comes_without_typing_anything(board, app, pause):
    script = app(f"import time\nwhile True:\n    print('on and on')\n    {pause}\n", "endless.py")
    with serial.serial_for_url(board(script)[0], timeout=20) as port:
        assert read_until(port, b"on and on\r\non and on\r\n")


def test_the_boards_second_is_a_second_and_sleeping_costs_nothing(board, mpremote):
    address, process = board()
    mpremote(address, "exec", "pass")
    start = time.monotonic()
    said = mpremote(address, "exec", "import time; t = time.ticks_ms(); time.sleep(2); print(time.ticks_ms() - t)")
    assert time.monotonic() - start > 2
    assert 2000 <= int(said) < 2100
    node = int(subprocess.check_output(["pgrep", "-P", str(process.pid)]))
    before = processor_time(node)
    time.sleep(1)
    assert processor_time(node) - before < 0.3


def processor_time(pid):
    """Seconds that a process has used so far (Linux)."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_flash_file_outlives_the_board(board, mpremote, tmp_path, app):
    flash = tmp_path / "flash.img"
    for content in ("first", "second"):
        address, process = board("--flash", flash, "--file", app(content, f"{content}.txt"))
        mpremote(address, "exec", f"open('written by {content}', 'w').close()")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143
    listing = mpremote(board("--flash", flash)[0], "fs", "ls")
    for name in ("first.txt", "second.txt", "written by first", "written by second", "lib/"):
        assert f" {name}\n" in listing
    assert flash.stat().st_size == 352 * 4096


def test_a_flash_file_that_is_none_is_refused(twincore, tmp_path):
    (tmp_path / "notes.txt").write_text("not a filesystem")
    result = twincore("serve", "--flash", "notes.txt")
    assert result.returncode == 2
    assert result.stderr == "twincore: notes.txt is no filesystem of this board, of 1408 kB\n"
    assert (tmp_path / "notes.txt").read_text() == "not a filesystem"


def test_a_pseudo_terminal_that_serial_programs_open_one_after_another(board, mpremote, tmp_path, app):
    link = tmp_path / "board"
    address, process = board(app(COUNTER), "--pty", "--link", link)
    assert address == str(link)
    with serial.Serial(address, timeout=20) as port:
        read_until(port, b"count 2\r\n")
    assert mpremote(address, "exec", "print('x' * 9000)") == "x" * 9000 + "\n"
    with serial.Serial(address, timeout=20) as port:
        port.write(b"\x02\rprint(6*7)\r")
        read_until(port, b"\r\n42\r\n>>> ")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert not link.is_symlink()


def test_mpremotes_repl_through_a_pseudo_terminal(board, tmp_path):
    address, _ = board("--pty")
    ours, theirs = os.openpty()
    tty.setraw(theirs)  # what is typed before mpremote does so stays as it was typed
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, ours)
        repl = subprocess.Popen(
            [sys.executable, "-m", "mpremote", "connect", address, "repl"], stdin=theirs, stdout=theirs, stderr=theirs
        )
        stack.callback(repl.kill)
        os.close(theirs)
        with open(os.dup(ours), "rb", buffering=0) as screen:
            read_until(screen, b"Use Ctrl-]")
            os.write(ours, b"\r")
            read_until(screen, b">>> ")
            os.write(ours, b"print(6*7)\r")
            read_until(screen, b"\r\n42\r\n")
        os.write(ours, b"\x1d")  # Ctrl-]
        assert repl.wait(20) == 0


AROUND = """
links = ["GP2:GP3"]
[chip.climate]
kind = "htu21d"
typical = true
[chip.strip]
kind = "neopixel"
pin = 22
[levels]
7 = {square = 10}
"""
LOOK = """
from machine import I2C, Pin
import neopixel, time
print(I2C(0, scl=Pin(5), sda=Pin(4)).scan())
out, back = Pin(2, Pin.OUT), Pin(3, Pin.IN)
print([out(n) or back() for n in (1, 0, 1)])
neopixel.NeoPixel(Pin(22), 1).write()
edges = []
Pin(7, Pin.IN).irq(lambda pin: edges.append(time.ticks_ms()), Pin.IRQ_RISING)
time.sleep_ms(1000)
print(len(edges))
"""


def test_what_is_around_the_board_lives_in_its_time_and_is_there_after_a_reset(board, mpremote, app, tmp_path):
    app(AROUND, "around.toml")
    app(LOOK, "look.py")
    address, process = board("--wiring", tmp_path / "around.toml", "--link", "14:15")
    seen = "[64]\n[1, 0, 1]\n10\n"
    assert mpremote(address, "run", "look.py") == seen
    joined = (
        "from machine import Pin; a, b = Pin(14, Pin.OUT), Pin(15, Pin.IN); a(1); print(b(), end=''); a(0); print(b())"
    )
    assert mpremote(address, "exec", joined) == "10\n"
    mpremote(address, "reset")
    assert process.stderr.readline() == b"twincore: the board resets\n"
    assert mpremote(address, "run", "look.py") == seen


def test_the_board_toml_beside_an_application_is_around_it_and_people_can_talk_to_its_uart(board, app, tmp_path):
    app('[uart.1]\npty = "line"\n', "board.toml")
    script = app(
        "from machine import UART\n"
        "port = UART(1, 9600, timeout=20_000)\n"
        "port.write('ready\\n')\n"
        "print('heard', port.readline())\n"
    )
    address, process = board(script)
    assert process.stderr.readline() == f"twincore: UART(1) is at {tmp_path / 'line'}\n".encode()
    with serial.serial_for_url(address, timeout=20) as port, open(tmp_path / "line", "r+b", buffering=0) as line:
        read_until(line, b"ready\n")
        line.write(b"hello\n")
        read_until(port, b"heard b'hello\\n'")


def test_a_short_circuit_ends_it(board, mpremote):
    address, process = board("--link", "2:3")
    mpremote(address, "exec", "--no-follow", "from machine import Pin; Pin(2, Pin.OUT)(1); Pin(3, Pin.OUT)(0)")
    assert process.wait(20) == 74
    said = process.stderr.read().decode()
    assert said.startswith("twincore: a short circuit at ") and said.count("\n") == 1
    assert "the output GP3 drives low and the output GP2 drives high" in said


def test_what_nobody_reads_is_lost_but_for_the_latest():
    with contextlib.closing(PseudoTerminal()) as pty:
        unread = deque(bytes([n]) * 1000 for n in range(100))
        served._write(pty, unread)
        assert sum(map(len, unread)) <= served.MOST_UNREAD
        assert unread[-1] == bytes([99]) * 1000


@pytest.mark.parametrize(
    "options, why",
    [
        (["--link", "board"], "--link board is no wire, as 2:3 is, but a link to a pseudo terminal: add --pty"),
        (["--pty", "--link", "a", "--link", "b"], "a pseudo terminal has one link to it, and --link b is a second one"),
        (["--link", "2:2"], "--link 2:2: 2 and 2 are the same pin"),
        (["--wiring", "missing.toml"], "there is no file missing.toml"),
        (["--pty", "--link", "no/folder/board"], "cannot make the link no/folder/board: No such file or directory"),
        (["missing.py"], "there is no file missing.py"),
        (["--file", "missing.txt"], "there is no file missing.txt"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(twincore, options, why):
    result = twincore("serve", *options)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"twincore: {why}\n")
