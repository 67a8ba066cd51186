"""neopixel: the colours of a strip, as a program sets them and a test reads them."""

import pytest


@pytest.fixture
def strip(new_world):
    """A function: strip(n, **settings) -> (a strip at GP0, its world)."""

    def make(n, virtual=True, **settings):
        world = new_world("pico", virtual=virtual)
        pin = world.import_module("machine").Pin(0)
        return world.import_module("neopixel").NeoPixel(pin, n, **settings), world

    return make


def test_colours_are_shown_when_they_are_written(strip):
    s, world = strip(3)
    s[0] = (1, 2, 3)
    s[-1] = (7, 8, 9)
    assert world.board.pixels == {}
    s.write()
    assert world.board.pixels == {"GP0": [(1, 2, 3), (0, 0, 0), (7, 8, 9)]}
    assert (s[2], len(s), bytes(s.buf[:3])) == ((7, 8, 9), 3, b"\x02\x01\x03")
    s.fill((5, 5, 5))
    s.write()
    assert world.board.pixels["GP0"] == [(5, 5, 5)] * 3


def test_writing_takes_the_time_that_the_bits_take(strip):
    s, world = strip(10, bpp=4)
    with world.main_program():
        s.write()
        assert world.time.now() == 320 * 1250 // 1000
    s[0] = (1, 2, 3, 4)
    assert s[0] == (1, 2, 3, 4)


def test_what_is_wrong_is_said(strip):
    with pytest.raises(IndexError, match="a strip of 3 LEDs has no LED 3"):
        strip(3)[0][3] = (0, 0, 0)
    with pytest.raises(ValueError, match="1 LED or more, of 3 or 4 colours, not 1 of 5"):
        strip(1, bpp=5)


def test_it_shows_in_real_time(strip):
    s, world = strip(1, virtual=False)
    s.fill((1, 1, 1))
    s.write()
    assert world.board.pixels["GP0"] == [(1, 1, 1)]
