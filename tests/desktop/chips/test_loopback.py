"""Wires between buses: a UART to itself and to another, I2C of two boards."""

import threading

import pytest

from twincore.desktop.board import Board
from twincore.desktop.board.buses import Nak, NoDevice
from twincore.desktop.chips import Crossover, I2CPair, Loopback

pytestmark = pytest.mark.cpython


def test_a_uart_receives_what_it_sends_when_it_is_sent(board, until):
    port = board.uart(0)
    port.baudrate = 9600
    wire = Loopback(board)
    end = port.transmit(b"hello")
    assert end == round(5 * 1e7 / 9600)
    board.time.sleep(end - 10)
    assert bytes(port.received) == b"hell"
    until(end)
    assert bytes(port.received) == b"hello"
    wire.close()
    until(port.transmit(b"more"))
    assert bytes(port.received) == b"hello"


def test_the_uarts_of_two_boards_are_crossed(board, until):
    with Board(name="other", time=board.time) as other:
        Crossover(board, 0, other, 1)
        one, two = board.uart(0), other.uart(1)
        ends = one.transmit(b"there"), two.transmit(b"back")
        until(max(ends))
        assert bytes(two.received) == b"there" and bytes(one.received) == b"back"


def test_boards_with_times_of_their_own_can_not_be_wired(board):
    with Board(name="other", virtual=True) as other:
        with pytest.raises(ValueError, match="make the second Board"):
            Crossover(board, 0, other, 0)
        with pytest.raises(ValueError, match="have times of their own"):
            I2CPair(board, other, 0x41)
    with pytest.raises(ValueError, match="use Loopback"):
        Crossover(board, 0, board, 0)


@pytest.fixture
def pair(board):
    """The pair, and a function that runs a program on the target, and gives a list in which its result appears."""
    with Board(name="target", time=board.time) as target:
        pair = I2CPair(board, target, 0x41)
        threads = []

        def run(fn, *args):
            results = []

            def body():
                with target.core("program", main=True):
                    started.set()
                    try:
                        results.append(fn(*args))
                    except OSError as error:
                        results.append(error.args[0])

            started = threading.Event()
            threads.append(threading.Thread(target=body))
            threads[-1].start()
            board.time.call_outside(started.wait)
            return results

        yield pair, run
        board.time.call_outside(lambda: [thread.join(10) for thread in threads])
        assert not any(thread.is_alive() for thread in threads)


def test_the_target_receives_what_the_controller_writes(board, pair, until):
    pair, run = pair
    got = run(pair.receive, 4)
    until(1000)
    board.i2c(0).write(0x41, b"abcd")
    until(2000)
    assert got == [b"abcd"] and pair.transfers == 1


def test_the_controller_reads_what_the_target_sends(board, pair, until):
    pair, run = pair
    sent = run(pair.send, b"xy")
    until(1000)
    assert board.i2c(0).scan() == [0x41]
    assert board.i2c(0).read(0x41, 3) == b"xy\xff"
    until(2000)
    assert sent == [None]


def test_a_target_that_does_not_expect_it_does_not_acknowledge(board, pair, until):
    pair, run = pair
    with pytest.raises(Nak):
        board.i2c(0).write(0x41, b"a")
    with pytest.raises(Nak):
        board.i2c(0).read(0x41, 1)
    got = run(pair.receive, 2)
    until(1000)
    with pytest.raises(Nak):
        board.i2c(0).read(0x41, 1)
    with pytest.raises(Nak, match="takes 2 bytes and no more"):
        board.i2c(0).write(0x41, b"abc")
    until(2000)
    assert got == [b"ab"]
    with pytest.raises(NoDevice):
        board.i2c(0).write(0x42, b"a")


def test_a_controller_that_does_not_come_is_a_timeout(board, pair, until):
    pair, run = pair
    got = run(pair.receive, 2, 5000)
    until(4000)
    assert got == []
    until(6000)
    assert got == [110]
    with pytest.raises(Nak):
        board.i2c(0).write(0x41, b"ab")


def test_a_transfer_of_nothing_is_refused(pair):
    pair, _ = pair
    with pytest.raises(ValueError):
        pair.receive(0)
    with pytest.raises(ValueError):
        pair.send(b"")
