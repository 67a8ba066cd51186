"""UARTs that a wire joins: of one board, of two, and at speeds that differ."""

import pytest

from twincore.desktop.board import Board

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


@pytest.fixture
def pair():
    """Two boards, A and B; the port of A with its TX wired to the RX of B's."""
    with Board(name="a", virtual=True) as a, Board(name="b", time=a.time) as b:
        for board in (a, b):
            board.uart(0).place(board.line(0), board.line(1))
        a.line(0).link(b.line(1))
        yield a, b


def sent(a, b, data):
    """What B receives when A sends that."""
    with a.core(main=True):
        a.time.sleep(a.uart(0).transmit(data) + 1)
    received = bytes(b.uart(0).received)
    b.uart(0).received.clear()
    return received


def test_bytes_go_over_the_wire_one_way(pair):
    a, b = pair
    assert sent(a, b, b"hello") == b"hello"
    assert sent(b, a, b"hello") == b""


def test_a_receiver_at_another_speed_hears_something_else(pair):
    a, b = pair
    b.uart(0).baudrate = 2 * a.uart(0).baudrate
    assert sent(a, b, b"\x0f") == b"\xfe"  # the start bit lasts two of its bits, and so does each of the four ones
    b.uart(0).baudrate = a.uart(0).baudrate // 2
    assert sent(a, b, b"\x0f") == b"\xf9"  # every other bit, and then the line at rest
    b.uart(0).baudrate = round(1.02 * a.uart(0).baudrate)
    assert sent(a, b, b"\x0f\xa5") == b"\x0f\xa5"


def test_one_that_is_off_hears_nothing(pair):
    a, b = pair
    b.uart(0).silence()
    assert sent(a, b, b"hello") == b""
    b.uart(0).place(b.line(0), b.line(1))
    assert sent(a, b, b"x") == b"x"
