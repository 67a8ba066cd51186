"""A strip of LEDs: which pulses are bits, when they show, and what the data sheet does not promise."""

import pytest

from twincore.desktop.board import Board
from twincore.desktop.chips import NeoPixel
from twincore.desktop.firmware.world import World

pytestmark = pytest.mark.cpython

ZERO, ONE = (400, 850), (800, 450)


@pytest.fixture
def send(board):
    """A function: send(bytes, zero, one) has them arrive at GP22, and time pass until the last of them."""

    def send(data, zero=ZERO, one=ONE, ends_with=None):
        pulses = [one if byte >> bit & 1 else zero for byte in data for bit in range(7, -1, -1)]
        if ends_with is not None:
            pulses[-1] = pulses[-1][0], ends_with
        began = board.time.now()
        board.time.sleep(began + round(sum(map(sum, pulses)) / 1000))
        board.line(22).on_pulses(pulses, began, board.time.now())

    return send


def test_what_has_come_shows_after_a_low_of_50_us(board, send, until):
    strip = NeoPixel(board, 22, 2)
    send(b"\x10\x20\x30\x01\x02\x03")
    end = board.time.now()
    until(end + 45)
    assert strip.colours == [(0, 0, 0)] * 2
    until(end + 50)
    assert strip.colours == [(0x20, 0x10, 0x30), (2, 1, 3)]
    assert strip.state() == {"GP22": "2 LEDs", "times shown": "1"}


def test_after_less_than_that_the_next_leds_get_what_follows(board, send, until):
    strip = NeoPixel(board, 22, 3)
    send(b"\x01\x01\x01", ends_with=40_000)
    send(b"\x02\x02\x02", ends_with=60_000)
    until(board.time.now())
    assert strip.colours == [(1, 1, 1), (2, 2, 2), (0, 0, 0)]
    send(b"\x03\x03\x03")
    until(board.time.now() + 60)
    assert strip.colours == [(3, 3, 3), (2, 2, 2), (0, 0, 0)]


def test_a_newer_strip_waits_longer(board, send, until):
    strip = NeoPixel(board, 22, 2, reset_us=280)
    send(b"\x01\x01\x01", ends_with=200_000)
    assert strip.shown == 0
    send(b"\x02\x02\x02", ends_with=300_000)
    until(board.time.now())
    assert strip.colours == [(1, 1, 1), (2, 2, 2)]


def test_more_colours_than_leds_and_less_than_a_colour_change_nothing_else(board, send, until):
    strip = NeoPixel(board, 22, 1)
    send(b"\x01\x02\x03\x04\x05\x06")
    until(board.time.now() + 60)
    assert strip.colours == [(2, 1, 3)]
    send(b"\xff\xff")
    until(board.time.now() + 60)
    assert strip.colours == [(2, 1, 3)]


def test_the_order_of_colours_is_the_strips(board, send, until):
    strip = NeoPixel(board, 22, 1, order="GRBW")
    send(b"\x01\x02\x03\x04")
    until(board.time.now() + 60)
    assert strip.colours == [(2, 1, 3, 4)]


@pytest.mark.parametrize(
    "khz, zero, one, colour, misfits",
    [
        (800, (250, 1000), (950, 300), (0xF0, 0, 0), 0),  # the limits of the sheet
        (800, (549, 850), (650, 5_000), (0xF0, 0, 0), 0),
        (800, (599, 850), (601, 450), (0xF0, 0, 0), 24),  # neither a 0 nor a 1 by the sheet
        (800, (400, 299), (800, 450), (0xF0, 0, 0), 20),  # lows that are too short
        (800, (800, 1700), (1600, 900), (255, 255, 255), 4),  # sent for 400 kHz: the 0s are its 1s
        (400, (800, 1700), (1600, 900), (0xF0, 0, 0), 24),  # MicroPython's times for those, not within WorldSemi's
        (400, (500, 2000), (1200, 1300), (0xF0, 0, 0), 0),
    ],
)
def test_a_bit_is_told_by_the_length_of_its_high(board, send, until, khz, zero, one, colour, misfits):
    strip = NeoPixel(board, 22, khz=khz)
    send(b"\x00\xf0\x00", zero, one)
    until(board.time.now() + 60)
    assert (strip.colours, strip.misfits) == ([colour], misfits)
    assert ("pulses outside the limits" in strip.state()) == bool(misfits)


def test_the_applications_neopixel_reaches_it_through_a_wire(board, tmp_path, until):
    board.line(21).link(board.line(22))
    strip = NeoPixel(board, 22, 2)
    world = World(board, [tmp_path])
    pixels = world.import_module("neopixel").NeoPixel(world.import_module("machine").Pin(21), 2)
    pixels.fill((255, 128, 1))
    pixels.write()
    until(board.time.now() + 60)
    assert (strip.colours, strip.misfits) == ([(255, 128, 1)] * 2, 0)


def test_in_real_time_each_write_shows(tmp_path):
    with Board() as board:
        strip = NeoPixel(board, 22, 2)
        world = World(board, [tmp_path])
        pixels = world.import_module("neopixel").NeoPixel(world.import_module("machine").Pin(22), 2)
        for step in range(20):
            pixels.fill((step, 0, 0))
            pixels.write()
            board.time.sleep(board.time.now() + 100)
        board.wait_until(lambda: strip.shown == 20, timeout=10)
        assert strip.colours == [(19, 0, 0)] * 2


def test_a_pin_that_does_not_drive_sends_nothing(board, tmp_path, until):
    strip = NeoPixel(board, 22)
    machine = World(board, [tmp_path]).import_module("machine")
    machine.bitstream(machine.Pin(22, machine.Pin.IN), 0, (400, 850, 800, 450), b"\xff\xff\xff")
    until(board.time.now() + 60)
    assert strip.shown == 0


def test_closed_it_hears_nothing_more(board, send, until):
    strip = NeoPixel(board, 22)
    send(b"\x01\x02\x03")
    strip.close()
    until(board.time.now() + 60)
    assert strip.shown == 0 and board.line(22).on_pulses is None


@pytest.mark.parametrize(
    "options, why",
    [
        ({"count": 0}, "count is 1 or more, not 0"),
        ({"order": "GRR"}, "order has each of R, G, B, and W if there is white, as \"GRB\", not 'GRR'"),
        ({"khz": 500}, "khz is 800 or 400, not 500"),
        ({"reset_us": 0}, "reset_us is 1 or more, not 0"),
    ],
)
def test_what_makes_no_sense_is_refused(board, options, why):
    with pytest.raises(ValueError, match=why):
        NeoPixel(board, 22, **options)
    assert board.line(22).on_pulses is None
