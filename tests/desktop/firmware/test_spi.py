"""machine.SPI and SoftSPI: what the selected device is sent and answers."""

import pytest


class Adder:
    """Answers each byte with one more."""

    def exchange(self, data):
        return bytes((byte + 1) & 0xFF for byte in data)


@pytest.fixture(params=["SPI", "SoftSPI"])
def bus(request, new_world):
    """A master of either kind on the pins of SPI(0), its chip select, and the world."""
    world = new_world("pico")
    m = world.import_module("machine")
    pins = {"sck": m.Pin(18), "mosi": m.Pin(19), "miso": m.Pin(16)}
    select = m.Pin(17, m.Pin.OUT, value=1)
    world.board.spi(0).attach(Adder(), world.board.line(17))
    return m.SPI(0, 1_000_000, **pins) if request.param == "SPI" else m.SoftSPI(1_000_000, **pins), select, world


def test_the_selected_device_answers(bus):
    spi, select, _ = bus
    assert spi.read(2) == b"\xff\xff"
    select(0)
    assert spi.read(2, 5) == b"\x06\x06"
    buf = bytearray(3)
    spi.readinto(buf)
    assert buf == b"\x01\x01\x01"
    spi.write_readinto(b"abc", buf)
    assert buf == b"bcd"
    same = bytearray(b"xyz")
    spi.write_readinto(same, same)
    assert same == b"yz{"
    spi.write(b"unheard")


def test_bytes_take_their_time(bus):
    spi, _, world = bus
    with world.board.core(main=True):
        spi.write(bytes(100))
        assert world.time.now() == 800


def test_a_wire_from_mosi_to_miso_is_a_loop(bus):
    spi, _, world = bus
    world.board.line("GP19").link(world.board.line("GP16"))
    buf = bytearray(4)
    spi.write_readinto(b"loop", buf)
    assert buf == b"loop"


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda m: m.SPI(5), ValueError, "a pico has SPI 0 and 1"),
        (lambda m: m.SPI(0, sck=m.Pin(3)), ValueError, "bad SCK pin: .* GP2, GP6"),
        (lambda m: m.SPI(0, polarity=2), ValueError, "polarity and phase are 0 or 1"),
        (lambda m: m.SPI(0, -1), ValueError, "baudrate is in Hz"),
        (lambda m: m.SPI(0, firstbit=m.SPI.LSB), NotImplementedError, "LSB first"),
        (lambda m: m.SPI(0).write_readinto(b"ab", bytearray(3)), ValueError, "same length, not 2 and 3"),
        (lambda m: (m.SPI(0), m.PWM(m.Pin(18))), ValueError, r"PWM\(GP18\) can't have GP18: SPI\(0\) has it"),
    ],
)
def test_what_is_wrong_is_said(new_world, make, error, text):
    machine = new_world("pico").import_module("machine")
    with pytest.raises(error, match=text):
        make(machine)


def test_a_pin_that_a_program_takes_back_is_free(new_world):
    m = new_world("pico").import_module("machine")
    m.SPI(0)
    m.Pin(18, m.Pin.OUT)
    m.PWM(m.Pin(18), freq=1000, duty_u16=1)


def test_a_device_answers_a_program_in_real_time(new_world, tmp_path):
    world = new_world(virtual=False)
    world.board.spi(1).attach(Adder())
    (tmp_path / "main.py").write_text("from machine import SPI\nprint(SPI(1, 10_000_000).read(2, 0x41))\n")
    assert world.run(tmp_path / "main.py") == 0
    assert world.printed and "".join(world.printed) == "b'BB'\n"


def test_pins_stay_when_it_is_set_up_anew(new_world):
    m = new_world("pico").import_module("machine")
    spi = m.SPI(0, sck=m.Pin(2), mosi=m.Pin(3), miso=m.Pin(4))
    spi.init(baudrate=20_000_000)
    assert repr(spi) == "SPI(0, baudrate=20000000, sck=GP2, mosi=GP3, miso=GP4)"
    m.PWM(m.Pin(18), freq=1000, duty_u16=1)  # which is free


def test_what_is_attached_to_the_pins_answers_beside_what_is_attached_to_the_number(new_world):
    world = new_world("pico")
    m = world.import_module("machine")
    here, there = m.Pin(17, m.Pin.OUT, value=1), m.Pin(20, m.Pin.OUT, value=1)
    world.board.spi(0).attach(Adder(), world.board.line(17))
    world.board.spi((2, 3, 4)).attach(Adder(), world.board.line(20))
    spi = m.SPI(0, sck=m.Pin(2), mosi=m.Pin(3), miso=m.Pin(4))
    assert spi.read(1, 5) == b"\xff"
    here(0)
    assert spi.read(1, 5) == b"\x06"
    here(1)
    there(0)
    assert spi.read(1, 6) == b"\x07"
    assert m.SPI(0, sck=m.Pin(18), mosi=m.Pin(19), miso=m.Pin(16)).read(1, 6) == b"\xff"
