"""`framebuf`: FrameBuffer, a picture in a buffer, to be drawn on and sent to a display.

It sets the pixels that MicroPython's sets. Letters have its shapes too if the unix port is here: see framebuf_font.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import framebuf_font as font
from . import framebuf_pixels as formats
from . import framebuf_shapes as shapes
from .framebuf_shapes import Point, Span
from .modules import module

if TYPE_CHECKING:
    from .world import World

ALL_QUARTERS = 15


class FrameBuffer:
    """`FrameBuffer(buffer, width, height, format, stride=width)`: sizes in pixels; what lies outside is not drawn.

    `buffer` is written to and must be large enough: TypeError, ValueError. Arguments have no names, as on a board.
    """

    def __init__(self, buffer: Any, width: int, height: int, format: int, stride: int | None = None, /) -> None:
        width, height, format = _int(width), _int(height), _int(format)
        self.__buffer = buffer  # subclasses of an application have names of their own
        self.__pixels = formats.make(buffer, width, height, format, width if stride is None else _int(stride))

    def __buffer__(self, flags: int, /) -> memoryview:
        return memoryview(self.__buffer)

    def __bytes__(self) -> bytes:
        return bytes(self.__buffer)  # the buffer protocol itself is Python's from 3.12 on only

    def fill(self, c: int, /) -> None:
        """Everything."""
        self.__fill(0, 0, self.__pixels.width, self.__pixels.height, c)

    def pixel(self, x: int, y: int, c: int | None = None, /) -> int | None:
        """Set the pixel; without `c` its colour is returned, None outside."""
        x, y = _int(x), _int(y)
        picture = self.__pixels
        if not (0 <= x < picture.width and 0 <= y < picture.height):
            return None
        if c is None:
            return picture.get(x, y)
        picture.set(x, y, picture.colour(_int(c)))
        return None

    def hline(self, x: int, y: int, w: int, c: int, /) -> None:
        """To the right of x, y."""
        self.__fill(x, y, w, 1, c)

    def vline(self, x: int, y: int, h: int, c: int, /) -> None:
        """Down from x, y."""
        self.__fill(x, y, 1, h, c)

    def fill_rect(self, x: int, y: int, w: int, h: int, c: int, /) -> None:
        """`rect` with f=True, by its older name."""
        self.__fill(x, y, w, h, c)

    def rect(self, x: int, y: int, w: int, h: int, c: int, f: Any = False, /) -> None:
        """Its outline, or with `f` all of it."""
        x, y, w, h = _int(x), _int(y), _int(w), _int(h)
        if f:
            self.__fill(x, y, w, h, c)
            return
        for at in (y, y + h - 1):
            self.__fill(x, at, w, 1, c)
        for at in (x, x + w - 1):
            self.__fill(at, y, 1, h, c)

    def line(self, x1: int, y1: int, x2: int, y2: int, c: int, /) -> None:
        """Both ends included."""
        self.__points(shapes.line(_int(x1), _int(y1), _int(x2), _int(y2)), c)

    def ellipse(
        self, x: int, y: int, xr: int, yr: int, c: int, f: Any = False, m: int = ALL_QUARTERS, /
    ) -> None:
        """Around x, y; `f`, fill it; `m`, which quarters: 1 right above, 2 left above, 4 left below, 8 right below."""
        radii = _int(xr), _int(yr)
        self.__spans(shapes.ellipse(_int(x), _int(y), *radii, _int(m) & ALL_QUARTERS, bool(f)), c)

    def poly(self, x: int, y: int, coords: Any, c: int, f: Any = False, /) -> None:
        """The polygon whose corners, relative to x, y, stand in the array `coords`: x0, y0, x1, y1 ..."""
        x, y = _int(x), _int(y)
        try:
            numbers = memoryview(coords).tolist()
        except TypeError:
            raise TypeError(f"object with buffer protocol required: array('h', ...), not {coords!r}") from None
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
        if not points:
            return
        if f:
            self.__spans(((left + x, row + y, width) for left, row, width in shapes.polygon(points)), c)
        else:
            self.__points(((left + x, row + y) for left, row in shapes.outline(points)), c)

    def text(self, s: str, x: int, y: int, c: int = 1, /) -> None:
        """Letters of 8 times 8 pixels, of ASCII; others are shown as a block. Their background stays."""
        x, y = _int(x), _int(y)
        if not isinstance(s, (str, bytes)):
            raise TypeError(f"can't convert '{type(s).__name__}' object to str implicitly")
        data = s.encode() if isinstance(s, str) else s
        self.__points(((left + x, row + y) for left, row in font.points(data.partition(b"\0")[0])), c)

    def scroll(self, xstep: int, ystep: int, /) -> None:
        """Move everything; what nothing was moved to stays as it was."""
        dx, dy, picture = _int(xstep), _int(ystep), self.__pixels
        rows = range(max(0, dy), min(picture.height, picture.height + dy))
        columns = range(max(0, dx), min(picture.width, picture.width + dx))
        for row in reversed(rows) if dy > 0 else rows:
            moved = [picture.get(column - dx, row - dy) for column in columns]
            for column, colour in zip(columns, moved, strict=True):
                picture.set(column, row, colour)

    def blit(self, fbuf: Any, x: int, y: int, key: int = -1, palette: Any = None, /) -> None:
        """Copy another picture to x, y, but for its pixels of the colour `key`.

        Args: fbuf, palette, a FrameBuffer or (buffer, width, height, format, stride), as MicroPython has it from 1.26
        on; palette, the colours, from left to right, that those of fbuf are drawn with, and that `key` is then one of.
        ValueError for a colour that it has not.
        """
        x, y, key = _int(x), _int(y), _int(key)
        source, target = _picture(fbuf), self.__pixels
        colours = None if palette is None else _picture(palette)
        for row in range(max(0, y), min(target.height, y + source.height)):
            for column in range(max(0, x), min(target.width, x + source.width)):
                colour = source.get(column - x, row - y)
                if colours is not None:
                    if colour >= colours.width:
                        raise ValueError(f"a palette of {colours.width} colours for a picture that has colour {colour}")
                    colour = colours.get(colour, 0)
                if colour != key:
                    target.set(column, row, target.colour(colour))

    def __fill(self, x: int, y: int, w: int, h: int, c: int) -> None:
        x, y, w, h, c = _int(x), _int(y), _int(w), _int(h), _int(c)
        picture = self.__pixels
        left, top = max(0, x), max(0, y)
        width, height = min(picture.width, x + w) - left, min(picture.height, y + h) - top
        if w > 0 and h > 0 and width > 0 and height > 0:
            picture.fill(left, top, width, height, picture.colour(c))

    def __points(self, points: Iterable[Point], c: int) -> None:
        picture = self.__pixels
        width, height, colour = picture.width, picture.height, picture.colour(_int(c))
        for x, y in points:
            if 0 <= x < width and 0 <= y < height:
                picture.set(x, y, colour)

    def __spans(self, spans: Iterable[Span], c: int) -> None:
        for x, y, width in spans:
            self.__fill(x, y, width, 1, c)

    def _picture_(self) -> formats.Pixels:
        return self.__pixels


def _picture(given: Any) -> formats.Pixels:
    if isinstance(given, FrameBuffer):
        return given._picture_()
    if isinstance(given, (tuple, list)) and len(given) in (4, 5):
        buffer, width, height, format, *stride = given
        data = bytearray(memoryview(buffer).cast("B"))  # it may be one that can't be written to
        return formats.make(data, _int(width), _int(height), _int(format), _int(*stride or [width]))
    raise TypeError(f"a FrameBuffer, or (buffer, width, height, format): not {given!r}")


def _int(value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"can't convert {type(value).__name__} to int") from None


def _first_kind(buffer: Any, width: int, height: int, stride: int | None = None, /) -> FrameBuffer:
    """FrameBuffer1, of MicroPython's early versions."""
    return FrameBuffer(buffer, width, height, formats.MONO_VLSB, stride)


def make(world: World) -> ModuleType:
    """`framebuf` for the application of one board."""
    return module(
        "framebuf",
        FrameBuffer=FrameBuffer,
        FrameBuffer1=_first_kind,
        GS2_HMSB=formats.GS2_HMSB,
        GS4_HMSB=formats.GS4_HMSB,
        GS8=formats.GS8,
        MONO_HLSB=formats.MONO_HLSB,
        MONO_HMSB=formats.MONO_HMSB,
        MONO_VLSB=formats.MONO_VLSB,
        MVLSB=formats.MONO_VLSB,
        RGB565=formats.RGB565,
    )
