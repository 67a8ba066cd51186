"""`framebuf`: what programs draw that are made from a seed, they draw on MicroPython's unix port too, byte by byte."""

import random

import pytest

from twincore.desktop.firmware import framebuf_font as font
from twincore.desktop.targets import unix_port

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
SEEDS = range(6)
FORMATS = {"MONO_VLSB": 1, "MONO_HLSB": 1, "MONO_HMSB": 1, "RGB565": 16, "GS2_HMSB": 2, "GS4_HMSB": 4, "GS8": 8}
PICTURES = 40  # in a program
DRAWINGS = 12  # on a picture

DRAW = """
import binascii
import framebuf
from array import array


def room(width, height):
    return bytearray(width * (height + 7) * 2 + 64)  # enough for every format


for number, (form, width, height, stride, drawings) in enumerate(PROGRAM):
    form = getattr(framebuf, form)
    data = room(stride, height)
    picture = framebuf.FrameBuffer(data, width, height, form, stride)
    for drawing, arguments in drawings:
        if drawing == "poly":
            x, y, kind, corners, *rest = arguments
            said = picture.poly(x, y, array(kind, corners), *rest)
        elif drawing == "blit":
            other, wide, high, x, y, *rest = arguments
            source = framebuf.FrameBuffer(room(wide, high), wide, high, getattr(framebuf, other))
            source.line(0, 0, wide, high, 1)
            source.ellipse(wide // 2, high // 2, wide // 3, high // 3, 3, True)
            if len(rest) == 2:
                colours = rest[1]
                rest[1] = framebuf.FrameBuffer(room(len(colours), 1), len(colours), 1, framebuf.GS8)
                for at, colour in enumerate(colours):
                    rest[1].pixel(at, 0, colour)
            said = picture.blit(source, x, y, *rest)
        elif drawing == "blit itself":
            said = picture.blit(picture, *arguments)
        else:
            said = getattr(picture, drawing)(*arguments)
        print(number, form, drawing, said, binascii.crc32(data))
    print(binascii.hexlify(data))
"""


def made(seed):
    """The pictures of a program: each a format, a size, and what is drawn, with arguments that partly lie outside."""
    choose = random.Random(seed)

    def at(room=40):
        return choose.randint(-12, room)

    def colour():
        return choose.choice((0, 1, 2, 3, 9, 15, 200, 255, 0x1234, 0xFFFF, 70000, -1))

    def maybe(*values):
        return values[: choose.randint(0, len(values))]

    def blit():
        other = choose.choice(list(FORMATS))
        wide = choose.randint(1, 20)
        colours = [choose.randrange(256) for _ in range(1 << min(8, FORMATS[other]))]
        keys = maybe(choose.choice((-1, 0, 1, 3)), colours if FORMATS[other] <= 8 else None)
        return (other, wide, choose.randint(1, 20), at(), at(), *(key for key in keys if key is not None))

    def poly():
        corners = [choose.randint(-20, 40) for _ in range(choose.randint(0, 15))]
        return (at(), at(), choose.choice("bhi"), corners, colour(), *maybe(choose.random() < 0.7))

    drawings = {
        "fill": lambda: (colour(),),
        "pixel": lambda: (at(), at(), *maybe(colour())),
        "hline": lambda: (at(), at(), at(60), colour()),
        "vline": lambda: (at(), at(), at(60), colour()),
        "line": lambda: (at(60), at(60), at(60), at(60), colour()),
        "rect": lambda: (at(), at(), at(), at(), colour(), *maybe(choose.random() < 0.5)),
        "fill_rect": lambda: (at(), at(), at(), at(), colour()),
        "ellipse": lambda: (at(), at(), at(25), at(25), colour(), *maybe(choose.random() < 0.5, choose.randint(0, 31))),
        "poly": poly,
        "text": lambda: ("".join(map(chr, choose.choices(range(1, 300), k=3))), at(), at(), *maybe(colour())),
        "scroll": lambda: (choose.randint(-45, 45), choose.randint(-45, 45)),
        "blit": blit,
        "blit itself": lambda: (at(), at(), *maybe(choose.choice((0, 1, 3)))),
    }
    program = []
    for _ in range(PICTURES):
        width, height = choose.randint(1, 40), choose.randint(1, 40)
        names = ["line", "text", *choose.choices(list(drawings), k=DRAWINGS)]
        stride = width + choose.choice((0, 0, 1, 5))
        program.append(
            (choose.choice(list(FORMATS)), width, height, stride, [(name, drawings[name]()) for name in names])
        )
    return program


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_drawn_is_what_micropython_draws(run, tmp_path, target_is_here, seed):
    target_is_here("micropython")
    ran = run(f"PROGRAM = {made(seed)!r}\n{DRAW}")
    expected = unix_port.run(tmp_path / "main.py")
    assert (expected.exit_code, expected.stderr) == (0, "")
    for ours, theirs in zip(ran.lines, expected.stdout.splitlines(), strict=True):
        assert ours == theirs


def test_each_format_is_drawn_on():
    assert {form for seed in SEEDS for form, *_ in made(seed)} == set(FORMATS)


SIZES = """
import framebuf
F = framebuf.FrameBuffer
def least(*arguments):
    for size in range(3000):
        try:
            F(bytearray(size), *arguments)
            return size
        except ValueError:
            pass
for form in range(7):
    for width, height in ((1, 1), (9, 5), (16, 8), (3, 20)):
        for stride in (width, width + 1, width + 9):
            print(form, width, height, stride, least(width, height, form, stride))
picture = F(bytearray(8), 8, 8, 0)
for wrong in (
    lambda: F(bytearray(8), 8, 8, 7), lambda: F(bytearray(8), 8, 8, -1), lambda: F(bytearray(8), 8, 8, 0, 7),
    lambda: F(bytearray(8), 0, 8, 0), lambda: F(bytearray(8), 8, 70000, 0), lambda: F(b'12345678', 8, 8, 0),
    lambda: F('12345678', 8, 8, 0), lambda: F(5, 8, 8, 0), lambda: F(bytearray(8), 8.0, 8, 0),
    lambda: F(bytearray(8), 8, 8), lambda: F(bytearray(8), width=8, height=8, format=0), lambda: picture.fill(c=1),
    lambda: picture.pixel(1.5, 1), lambda: picture.fill(None), lambda: picture.text(5, 0, 0),
    lambda: picture.poly(0, 0, [1, 2], 1), lambda: picture.blit(5, 0, 0),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
picture.text(b'A\\0B', 0, 0)
print(bytes(picture), framebuf.FrameBuffer1(bytearray(8), 8, 8).pixel(3, 3))
class Display(F):
    def __init__(self, width, height):
        self.width, self.height, self.buffer = width, height, bytearray(width * height // 8)
        super().__init__(self.buffer, width, height, framebuf.MONO_VLSB)
display = Display(16, 8)
display.text('ok', 0, 0)
picture.blit(display, -8, 0)
print(display.buffer, bytes(picture))
"""


def test_sizes_and_errors_are_those_of_micropython(run, tmp_path, target_is_here):
    target_is_here("micropython")
    ran = run(SIZES)
    expected = unix_port.run(tmp_path / "main.py")
    assert (expected.exit_code, expected.stderr) == (0, "")
    assert ran.lines == expected.stdout.splitlines()


def test_a_buffer_that_is_too_small_is_told_with_the_size_it_needs(run):
    ran = run("""
import framebuf
try:
    framebuf.FrameBuffer(bytearray(1000), 128, 64, framebuf.MONO_VLSB)
except ValueError as e:
    print(e)
""")
    assert ran.lines == ["the buffer has 1000 bytes: 128 times 64 in this format take 1024"]


def test_a_picture_can_be_sent_as_it_is(run):
    ran = run("""
import framebuf
from machine import I2C, Pin, SPI
picture = framebuf.FrameBuffer(bytearray(8), 8, 8, framebuf.MONO_VLSB)
SPI(0, sck=Pin(2), mosi=Pin(3), miso=Pin(0)).write(picture)
try:
    I2C(0, scl=Pin(5), sda=Pin(4)).writeto(0x3c, picture)
except OSError as e:
    print(e)
""")
    assert ran.lines == ["[Errno 5] nothing answers at 0x3c on I2C(0): there is nothing"]


def test_a_picture_in_memory_that_cannot_be_written_to_is_a_source_as_from_micropython_1_26(run):
    ran = run("""
import framebuf
data = bytearray(8)
picture = framebuf.FrameBuffer(data, 8, 8, framebuf.MONO_VLSB)
picture.blit((b'abcdefgh', 8, 8, framebuf.MONO_VLSB), 1, 0)
print(data)
""")
    assert ran.lines == ["bytearray(b'\\x00abcdefg')"]


def test_without_the_unix_port_letters_are_our_own(no_targets):
    assert font.micropythons() == ()
    letters = font.our_own()
    assert len(letters) == 96 and letters[0] == ()
    assert len(set(letters)) == 96
    assert all(0 <= x < 8 and 0 <= y < 8 for letter in letters for x, y in letter)
