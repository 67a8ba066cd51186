"""A board that does not come to its REPL, or is gone, is told so in one line."""

import re
import socket

import pytest

from twincore.desktop.deploy import remote as module
from twincore.desktop.deploy.errors import BoardLost, PortError
from twincore.desktop.deploy.remote import BoardError, connected

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(100)]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    monkeypatch.setattr(module, "BOOT_PATIENCE", 1.0)


def test_a_program_that_does_not_stop_at_ctrl_c(impatient, started, app, target_is_here):
    target_is_here("rp2040")
    busy = app("import micropython, time\nmicropython.kbd_intr(-1)\nwhile True: print('busy'); time.sleep_ms(10)\n")
    port = started("serve", busy, "--port", "0").stdout.readline().decode().split()[-1]
    with pytest.raises(PortError, match=f"^what is at {port} does not come to MicroPython's prompt: "):
        connected(port, restart=False).__enter__()


def test_a_port_where_nobody_answers(impatient):
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = f"socket://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(PortError, match=f"^nothing answers at {port}: is it a board with MicroPython"):
            connected(port, restart=False).__enter__()


def test_a_port_that_another_program_has(port):
    with socket.create_connection(("127.0.0.1", int(port.rpartition(":")[2]))) as other:
        other.sendall(b"\r")
        assert other.recv(100)  # it is the client
        with pytest.raises(PortError, match=f"^{port} hangs up: .*; is another program connected to it"):
            connected(port, restart=False).__enter__()
        other.shutdown(socket.SHUT_WR)
        while other.recv(4096):
            pass  # until the port is free again


def test_a_running_program_is_interrupted_core_1_too(board):
    board.put(
        "/main.py",
        b"import _thread\ndef spin():\n    while True: pass\n_thread.start_new_thread(spin, ())\nwhile True: pass\n",
    )
    board.leave(restart=True)
    board.soft_reset()
    printed = board.exec(
        "import _thread\n"
        "done = [0]\n"
        "def finish(): done[0] = 1\n"
        "_thread.start_new_thread(finish, ())\n"
        "while not done[0]: pass\n"
        "print('core 1 is free')\n"
    )
    assert printed == "core 1 is free\n"


FLOOD = "import _thread\ndef flood():\n    while True: print('a line of core 1')\n_thread.start_new_thread(flood, ())\n"


@pytest.mark.parametrize("where", [["--port", "0"], ["--pty"]], ids=["TCP", "pty"])
def test_a_core_1_that_prints_without_end_is_stopped(started, app, target_is_here, where):
    target_is_here("rp2040")
    port = started("serve", app(FLOOD), *where).stdout.readline().decode().split()[-1]
    with connected(port, restart=False) as remote:
        assert remote.exec("print('quiet')") == "quiet\n"


def test_what_prints_without_end_ends_with_an_error(monkeypatch, board):
    monkeypatch.setattr(module, "EXEC_PATIENCE", 2.0)
    with pytest.raises(BoardLost, match=f"^lost the board at {board.port}: it prints without end$"):
        board.exec("while True: print('a line')")


def test_the_watchdog_of_the_interrupted_program_does_not_reset_the_board(port):
    with connected(port, restart=False) as remote:
        remote.exec("import machine\nmachine.WDT(timeout=8000)")
    with connected(port, restart=False) as remote:
        assert remote.exec("import time\ntime.sleep(8.5)\nprint('alive')") == "alive\n"


def test_the_boards_exceptions_and_its_loss(board, cable, port):
    with pytest.raises(BoardError, match="^the board says ZeroDivisionError: divide by zero$") as caught:
        board.exec("1/0")
    assert caught.value.errno is None
    with pytest.raises(BoardError, match=r"^the board says OSError: \[Errno 2\] ENOENT$") as caught:
        board.exec("open('nothing')")
    assert caught.value.errno == 2


def test_a_board_that_is_gone(port, cable):
    with cable(port) as line, connected(line.port, restart=False) as remote:
        line.cut_after(20)
        with pytest.raises(BoardLost, match=re.escape(f"lost the board at {line.port}: ")):
            remote.exec("print('a long text that does not arrive')")


def test_what_does_not_arrive_as_it_was_sent_is_noticed(remote):
    with pytest.raises(module.DeployError, match="is not what was sent: the connection or the flash is bad"):
        remote.exec("from binascii import a2b_base64\ndef a2b_base64(data, real=a2b_base64): return real(data) + b'!'")
        remote.put("/file", b"content")
    assert remote.tree("/") == {}
