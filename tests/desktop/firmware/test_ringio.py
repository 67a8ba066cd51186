"""RingIO: bytes in their order, as many as it holds."""

import sys
import threading
import time

import pytest

from twincore.desktop.firmware.ringio import RingIO


def test_it_holds_its_size_and_takes_what_there_is_room_for():
    ring = RingIO(4)
    assert (ring.any(), ring.write(b"abcdef"), ring.any()) == (0, 4, 4)
    assert (ring.read(1), ring.write("xy"), ring.read()) == (b"a", 1, b"bcdx")
    assert ring.read(5) == b""


def test_a_buffer_holds_one_byte_less():
    assert RingIO(bytearray(4)).write(b"abcd") == 3
    for bad in (0, bytearray(1)):
        with pytest.raises(ValueError, match="room for one byte"):
            RingIO(bad)


def test_lines_and_buffers():
    ring = RingIO(10)
    ring.write(b"ab\ncd")
    assert [ring.readline(), ring.readline(1), ring.readline(), ring.readline()] == [b"ab\n", b"c", b"d", b""]
    ring.write(b"12345")
    room = bytearray(3)
    assert (ring.readinto(room), bytes(room), ring.readinto(room, 1), ring.any()) == (3, b"123", 1, 1)


def test_polling():
    ring = RingIO(1)
    assert ring.ioctl(3, 5) == 4
    ring.write(b"a")
    assert (ring.ioctl(3, 5), ring.ioctl(3, 4)) == (1, 0)


@pytest.fixture
def rapid_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_a_thread_writes_while_another_reads(rapid_switches):
    ring = RingIO(7)
    data = bytes(range(256)) * 4
    start = threading.Barrier(2)

    def write():
        start.wait()
        sent = 0
        while sent < len(data):
            sent += ring.write(data[sent : sent + 5])
            time.sleep(0)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    start.wait()
    found = b""
    while len(found) < len(data):
        found += ring.read(3)
        time.sleep(0)
    thread.join(10)
    assert found == data
