"""Buses: who answers, and what is said if nobody does; bytes of a UART at their speed."""

import pytest

from twincore.desktop.board import Board
from twincore.desktop.board.buses import Nak, NoDevice

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(20)]


class Echo:
    """Gives back what it was sent last; busy once after each write, if told so."""

    def __init__(self, busy=0):
        self.data = b""
        self.busy = busy

    def write(self, data, stop):
        self.data = data or self.data

    def read(self, count, stop):
        if self.busy:
            self.busy -= 1
            raise Nak
        return self.data

    def exchange(self, data):
        return bytes(byte ^ 0xFF for byte in data)


@pytest.fixture
def board():
    with Board(virtual=True) as board:
        yield board


def test_i2c_devices_answer_at_their_addresses(board):
    bus = board.i2c(0)
    bus.attach(0x40, Echo())
    bus.attach(0x27, Echo(busy=1))
    assert bus.scan() == [0x27, 0x40]
    bus.write(0x40, b"abc")
    assert bus.read(0x40, 2) == b"ab"
    assert bus.read(0x40, 5) == b"abc\xff\xff"
    with pytest.raises(Nak):
        bus.read(0x27, 1)
    with pytest.raises(NoDevice, match=r"nothing answers at 0x41 on I2C\(0\): there is 0x27, 0x40"):
        bus.read(0x41, 1)


def test_a_device_goes_and_comes_back(board):
    bus, chip = board.i2c(0), Echo()
    bus.attach(0x40, chip)
    with pytest.raises(ValueError, match="already"):
        bus.attach(0x40, Echo())
    bus.detach(0x40)
    with pytest.raises(NoDevice, match="there is nothing"):
        bus.write(0x40, b"x")
    with pytest.raises(ValueError, match="no device at"):
        bus.detach(0x40)
    bus.attach(0x40, chip)
    bus.write(0x40, b"x")
    with pytest.raises(ValueError, match="7-bit|0x08 to 0x77"):
        bus.attach(0x80, Echo())


def test_spi_talks_to_the_chip_that_is_selected(board):
    bus, select = board.spi(0), board.line(5)
    select.output(1)
    bus.attach(Echo(), select)
    assert bus.exchange(b"\x00\x0f") == b"\xff\xff"
    select.output(0)
    assert bus.exchange(b"\x00\x0f") == b"\xff\xf0"
    assert bus.clocked == 4


def test_an_spi_device_goes_and_says_what_comes_next_if_it_knows(board):
    class Counter(Echo):
        def offer(self):
            return 7

    bus, plain, knows = board.spi(0), Echo(), Counter()
    bus.attach(plain)
    assert bus.offer() == 0xFF
    bus.detach(plain)
    assert bus.exchange(b"\x00") == b"\xff"
    bus.attach(knows)
    assert bus.offer() == 7
    with pytest.raises(ValueError, match=r"SPI\(0\) has no such device"):
        bus.detach(plain)


def test_bytes_arrive_at_the_speed_of_the_line_and_overflow_is_counted(board):
    port, log = board.uart(1), []
    port.baudrate = 9600
    port.rx_size = 3
    port.on_received = lambda: log.append(board.time.now())
    with board.core("test"):
        end = port.feed(b"ab")
        assert end == port.feed(b"") == round(2 * 1e7 / 9600)
        port.feed(b"cd")
        board.time.sleep(10_000)
    assert log == [1042, 2083, 3125, 4166]
    assert bytes(port.received) == b"abc" and port.lost == 1


def test_two_uarts_that_are_crossed_hear_each_other(board):
    a, b = board.uart(0), board.uart(1)
    a.cross(b)
    with board.core("test"):
        until = a.transmit(b"to b")
        b.transmit(b"to a")
        assert a.busy_until() == until
        board.time.sleep(until + 1000)
    assert bytes(b.received) == b"to b" and bytes(a.received) == b"to a"
    a.received.clear()
    a.on_byte.clear()
    a.cross(a)
    with board.core("test"):
        board.time.sleep(a.transmit(b"loop") + 1000)
    assert bytes(a.received) == b"loop"
