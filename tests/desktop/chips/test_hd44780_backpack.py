"""The HD44780U behind a PCF8574: the bytes on the bus, their times, and what is read back."""

import pytest

from twincore.desktop.chips import HD44780Backpack

pytestmark = pytest.mark.cpython

RS, RW, E, LIGHT = 1, 2, 4, 8


class Program:
    """What a driver does, on a bus of 400 kHz."""

    def __init__(self, board, address=0x27):
        self.board, self.address, self.bus = board, address, board.i2c(0)

    def write(self, *data):
        self.bus.write(self.address, bytes(data))
        self.wait(round(22.5 * (1 + len(data))))

    def wait(self, us):
        self.board.time.sleep(self.board.time.now() + us)

    def nibble(self, value, rs=0):
        pins = value & 0xF0 | rs | LIGHT
        self.write(pins, pins | E, pins)

    def byte(self, value, rs=0, wait=0):
        self.nibble(value, rs)
        self.nibble(value << 4, rs)
        self.wait(1520 if not rs and value in (1, 2) else wait)

    def begin(self):
        for _ in range(3):
            self.nibble(0x30)
            self.wait(5000)
        self.nibble(0x20)
        for instruction in (0x28, 0x0C, 0x06, 0x01):
            self.byte(instruction)

    def read(self, rs=0):
        value = 0
        for _ in range(2):
            self.write(0xF0 | rs | RW | LIGHT, 0xF0 | rs | RW | LIGHT | E)
            value = value << 4 | self.bus.read(self.address, 1)[0] >> 4
            self.wait(45)
            self.write(0xF0 | rs | RW | LIGHT)
        return value


@pytest.mark.parametrize("address", [0x27, 0x3F])
def test_text_is_shown(board, address):
    display = HD44780Backpack(board, address=address)
    program = Program(board, address)
    program.begin()
    for character in b"hello":
        program.byte(character, RS)
    assert display.text()[0].rstrip() == "hello" and display.errors == []


def test_bytes_of_one_transfer_are_as_far_apart_as_the_bus_is_fast(board):
    slow = HD44780Backpack(board, address=0x20)
    fast = HD44780Backpack(board, address=0x21, bus_hz=1_000_000)  # a byte in 9 us
    for display, lost in ((slow, 0), (fast, 1)):
        program = Program(board, display._address)
        program.begin()
        display.errors.clear()
        both = []
        for byte in (0x80, 0x81):  # two instructions in one transfer, 37 us apart at least
            for nibble in (byte & 0xF0, byte << 4 & 0xF0):  # the shortest way: E falls each second byte
                both += [nibble | E, nibble]
        program.bus.write(display._address, bytes(both))
        assert len(display.errors) == lost


def test_the_busy_flag_and_the_address_can_be_read(board):
    HD44780Backpack(board)
    program = Program(board)
    program.begin()
    program.byte(0x80 | 0x45)
    assert program.read() == 0x45
    program.nibble(0x00)
    program.nibble(0x10)  # clear display
    assert program.read() & 0x80
    program.wait(1520)
    assert program.read() == 0x00


def test_data_can_be_read(board):
    HD44780Backpack(board)
    program = Program(board)
    program.begin()
    program.byte(ord("Q"), RS)
    program.byte(0x80)
    assert program.read(RS) == ord("Q")


def test_after_power_all_pins_are_high_and_the_backlight_is_on(board):
    display = HD44780Backpack(board)
    assert board.i2c(0).read(0x27, 2) == b"\xff\xff" and display.backlight
    board.i2c(0).write(0x27, b"\x00")
    assert not display.backlight and board.i2c(0).read(0x27, 1) == b"\x00"
    assert display.controller.instructions == 0 and display.errors == []


@pytest.mark.parametrize("wrong", [{"address": 0x40}, {"bus_hz": 0}, {"rows": 0}])
def test_what_makes_no_sense_is_refused(board, wrong):
    with pytest.raises(ValueError):
        HD44780Backpack(board, **wrong)
    assert board.devices == []
    assert board.i2c(0).scan() == []
