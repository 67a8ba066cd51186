"""Ports: which words mean one, and why one cannot be opened."""

import grp
import os
import pty
import sys

import pytest

from twincore.desktop.deploy.errors import PortError
from twincore.desktop.deploy.ports import looks_like_port, open_port

pytestmark = pytest.mark.cpython
NOBODY = 65534


def test_a_port_is_told_from_a_misspelt_place():
    for word in ("auto", "/dev/ttyACM0", "./board", "COM3", "com3", "a0", "u12", "id:e660", "port:COM7", "socket://h:1"):
        assert looks_like_port(word), word
    for word in ("cpythn", "rp2040", "simulated", "COM", "app.py", "rfc"):
        assert not looks_like_port(word), word


def test_a_link_to_a_terminal_is_a_port_and_a_file_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    near, far = pty.openpty()
    try:
        os.symlink(os.ttyname(far), "board")
        open("notes", "w").close()
        assert looks_like_port("board")
        assert not looks_like_port("notes")
    finally:
        os.close(near)
        os.close(far)


@pytest.mark.parametrize(
    "port, message",
    [
        (
            "/dev/ttyNone",
            r"there is no port /dev/ttyNone: (the ports here are|there is no serial port here)",
        ),
        ("a97", r"there is no port /dev/ttyACM97: "),
        ("id:no-such-number", r"no board has the serial number no-such-number: "),
        ("socket://127.0.0.1:1", r"nothing listens at socket://127\.0\.0\.1:1: is `twincore serve` running\?"),
        ("socket://127.0.0.1", r"socket://127.0.0.1 lacks its host or its port: as in socket://127.0.0.1:4455"),
        ("carrier://pigeon", r"carrier://pigeon: invalid URL, protocol 'carrier' not known"),
        ("/dev/null", r"cannot open /dev/null: Could not configure port"),
    ],
)
def test_a_port_that_is_not_there(port, message):
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    with pytest.raises(PortError, match=message):
        open_port(port)


def test_a_port_in_use():
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    near, far = pty.openpty()
    try:
        name = os.ttyname(far)
        transport, _ = open_port(name)
        with pytest.raises(PortError, match=f"^{name} is in use by another program$"):
            open_port(name)
        transport.serial.close()
    finally:
        os.close(near)
        os.close(far)


@pytest.mark.parametrize(
    "mode, message",
    [(0o660, "it belongs to the group tty: `sudo usermod -aG tty $USER`"), (0o600, "it belongs to root alone")],
)
def test_a_port_that_is_not_ours_names_the_group(mode, message):
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    if os.geteuid() != 0:
        pytest.skip("only root can try as somebody else")
    near, far = pty.openpty()
    try:
        name = os.ttyname(far)
        os.chown(name, 0, grp.getgrnam("tty").gr_gid)
        os.chmod(name, mode)
        assert as_nobody(name).startswith(f"{name}: permission denied: {message}")
    finally:
        os.close(near)
        os.close(far)


def as_nobody(port):
    """What open_port says to another user."""
    with pytest.raises(PortError):
        open_port("/dev/ttyNone")  # so that all is imported: nobody may not be able to read it
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            open_port(port)
        except BaseException as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, "rb") as pipe:
        return pipe.read().decode()


def test_without_mpremote_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpremote", None)
    with pytest.raises(PortError, match=r"a board needs mpremote, .*: pip install 'twincore\[board\]'"):
        open_port("auto")
