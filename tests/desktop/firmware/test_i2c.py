"""machine.I2C and SoftI2C: what reaches a device, and what an absent or busy one raises."""

import pytest

from twincore.desktop.board.buses import Nak

REGISTERS = bytes(range(100, 116))


class Registers:
    """A chip with 16 registers: the first byte written says from which on is read or written."""

    def __init__(self):
        self.data = bytearray(REGISTERS)
        self.at = 0
        self.stops = []
        self.busy = False

    def write(self, data, stop):
        if self.busy:
            raise Nak
        if data:
            self.stops.append(stop)
            self.at = data[0]
            self.data[self.at : self.at + len(data) - 1] = data[1:]

    def read(self, count, stop):
        if self.busy:
            raise Nak
        return bytes(self.data[self.at : self.at + count])


@pytest.fixture(params=["I2C", "SoftI2C"])
def bus(request, new_world):
    """A master of either kind on the pins of I2C(0), a chip at 0x40 of it, and the world."""
    world = new_world("pico")
    machine = world.import_module("machine")
    chip = Registers()
    world.board.i2c(0).attach(0x40, chip)
    pins = {"scl": machine.Pin(5), "sda": machine.Pin(4), "freq": 100_000}
    return machine.I2C(0, **pins) if request.param == "I2C" else machine.SoftI2C(**pins), chip, world


def test_it_finds_what_is_there(bus):
    assert bus[0].scan() == [0x40]


def test_it_reads_and_writes(bus):
    i2c, chip, _ = bus
    assert i2c.writeto(0x40, b"\x02\xff\xfe") == 3
    assert chip.data[2:4] == b"\xff\xfe"
    i2c.writeto(0x40, b"\x02", False)
    assert i2c.readfrom(0x40, 3) == b"\xff\xfe\x68"
    buf = bytearray(2)
    i2c.readfrom_into(0x40, buf)
    assert buf == b"\xff\xfe"
    assert i2c.writevto(0x40, (b"\x00", bytearray(b"\x01\x02"))) == 3
    assert chip.data[:2] == b"\x01\x02"
    assert chip.stops == [True, False, True]


def test_registers(bus):
    i2c, chip, _ = bus
    assert i2c.readfrom_mem(0x40, 3, 2) == REGISTERS[3:5]
    buf = bytearray(4)
    i2c.readfrom_mem_into(0x40, 1, buf)
    assert buf == REGISTERS[1:5]
    i2c.writeto_mem(0x40, 5, b"\x07")
    assert chip.data[5] == 7
    i2c.writeto_mem(0x40, 0x0600, b"\x09", addrsize=16)
    assert chip.data[6:8] == b"\x00\x09"
    with pytest.raises(ValueError, match="addrsize is 8, 16"):
        i2c.readfrom_mem(0x40, 256, 1)


def test_a_missing_device_is_named_with_its_bus_and_what_there_is(bus):
    i2c, _, world = bus
    world.board.i2c(1).attach(0x41, Registers())
    with pytest.raises(OSError, match=r"nothing answers at 0x41 on I2C\(0\): there is 0x40; I2C\(1\) has it") as caught:
        i2c.readfrom(0x41, 1)
    assert caught.value.errno == (5 if type(i2c).__name__ == "I2C" else 19)


def test_a_device_that_goes_away_and_comes_back(bus):
    i2c, chip, world = bus
    world.board.i2c(0).detach(0x40)
    with pytest.raises(OSError, match="there is nothing"):
        i2c.writeto(0x40, b"\x00")
    world.board.i2c(0).attach(0x40, chip)
    assert i2c.writeto(0x40, b"\x00") == 1


def test_a_busy_device_is_an_io_error(bus):
    i2c, chip, _ = bus
    chip.busy = True
    with pytest.raises(OSError, match=r"device at 0x40 on I2C\(0\) doesn't acknowledge 01 02") as caught:
        i2c.writeto(0x40, b"\x01\x02")
    assert caught.value.errno == 5
    assert i2c.scan() == []


def test_bytes_take_their_time(bus):
    i2c, _, world = bus
    with world.board.core(main=True):
        start = world.time.now()
        i2c.readfrom(0x40, 9)
        assert world.time.now() - start == 10 * 9 * 10


def test_a_port_other_than_rp2_says_enodev(new_world):
    machine = new_world("esp32").import_module("machine")
    with pytest.raises(OSError, match="nothing answers") as caught:
        machine.I2C(0).readfrom(0x20, 1)
    assert caught.value.errno == 19


def test_soft_i2c_does_it_step_by_step(new_world):
    world = new_world()
    i2c = world.import_module("machine").SoftI2C(scl="GP9", sda="GP8")
    chip = Registers()
    world.board.i2c(("GP9", "GP8")).attach(0x40, chip)
    i2c.start()
    assert i2c.write(b"\x80\x02") == 2
    i2c.start()
    assert i2c.write(b"\x81") == 1
    buf = bytearray(2)
    i2c.readinto(buf)
    i2c.stop()
    assert buf == REGISTERS[2:4]
    assert chip.stops == [False]
    i2c.start()
    assert i2c.write(b"\x90") == 0
    i2c.stop()


def test_buses_of_two_boards_are_apart(new_world):
    first, second = new_world(), new_world()
    first.board.i2c(0).attach(0x40, Registers())
    assert first.import_module("machine").I2C(0).scan() == [0x40]
    assert second.import_module("machine").I2C(0).scan() == []


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda m: m.I2C(7), r"I2C\(7\) doesn't exist: a pico has I2C 0 and 1"),
        (lambda m: m.I2C(0, scl=m.Pin(4), sda=m.Pin(5)), "bad SCL pin: .* at GP1, GP5"),
        (lambda m: m.I2C(0, freq=0), "freq is in Hz"),
        (lambda m: m.SoftI2C(m.Pin(4), m.Pin(4)), "can't both be GP4"),
        (lambda m: (m.I2C(0), m.SoftI2C(m.Pin(5), m.Pin(9))), r"SoftI2C\(GP5, GP9\) can't have GP5: I2C\(0\) has it"),
    ],
)
def test_what_is_wrong_is_said(new_world, make, text):
    machine = new_world("pico").import_module("machine")
    with pytest.raises(ValueError, match=text):
        make(machine)


def test_a_device_answers_a_program_in_real_time(new_world, tmp_path):
    world = new_world(virtual=False)
    world.board.i2c(1).attach(0x40, Registers())
    (tmp_path / "main.py").write_text("""
from machine import I2C, Pin
i2c = I2C(1, scl=Pin(7), sda=Pin(6))
print(i2c.scan(), i2c.readfrom_mem(0x40, 0, 2))
try:
    i2c.readfrom(0x20, 1)
except OSError as error:
    print(error.errno, error.args[0], "0x20 on I2C(1)" in str(error))
""")
    assert world.run(tmp_path / "main.py") == 0
    assert "".join(world.printed).splitlines() == ["[64] b'de'", "5 5 True"]
