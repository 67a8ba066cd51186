"""The pixels of a FrameBuffer in MicroPython's formats: one class for each way in which they lie in the buffer.

`make` is what to call. Coordinates given to `get`, `set` and `fill` lie within the picture: who calls has clipped.
"""

from __future__ import annotations

import sys
from typing import Any, Literal

MONO_VLSB, RGB565, GS4_HMSB, MONO_HLSB, MONO_HMSB, GS2_HMSB, GS8 = range(7)
LARGEST = 0xFFFF


class Pixels:
    """A picture of `width` times `height` in `data`, whose rows are `stride` pixels apart."""

    colours = 1  # the bits of a colour that there is room for, as a mask

    def __init__(self, data: memoryview, width: int, height: int, stride: int) -> None:
        self.data = data
        self.width = width
        self.height = height
        self._stride = stride

    def colour(self, value: int) -> int:
        """What is kept of a colour."""
        return value & self.colours

    def get(self, x: int, y: int) -> int:
        raise NotImplementedError

    def set(self, x: int, y: int, colour: int) -> None:
        """`colour` is what `colour()` gave."""
        raise NotImplementedError

    def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        for row in range(y, y + height):
            for column in range(x, x + width):
                self.set(column, row, colour)


class Whole(Pixels):
    """GS8 and RGB565: an item of the buffer is a pixel."""

    def __init__(self, data: memoryview, width: int, height: int, stride: int, code: Literal["B", "H"]) -> None:
        size = {"B": 1, "H": 2}[code]
        super().__init__(data[: len(data) // size * size].cast(code), width, height, stride)
        self._code = code
        self.colours = (1 << 8 * size) - 1

    def get(self, x: int, y: int) -> int:
        value: int = self.data[y * self._stride + x]
        return value

    def set(self, x: int, y: int, colour: int) -> None:
        self.data[y * self._stride + x] = colour

    def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        row = memoryview(colour.to_bytes(self.data.itemsize, sys.byteorder) * width).cast(self._code)
        for start in range(y * self._stride + x, (y + height) * self._stride + x, self._stride):
            self.data[start : start + width] = row


class Mono(Pixels):
    """A bit for each pixel: every colour but 0 sets it."""

    def colour(self, value: int) -> int:
        return 1 if value else 0


class Vertical(Mono):
    """MONO_VLSB: a byte is a column of eight pixels, its lowest bit on top."""

    def get(self, x: int, y: int) -> int:
        return self.data[(y >> 3) * self._stride + x] >> (y & 7) & 1

    def set(self, x: int, y: int, colour: int) -> None:
        at = (y >> 3) * self._stride + x
        self.data[at] = self.data[at] & ~(1 << (y & 7)) | colour << (y & 7)

    def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        end = y + height
        while y < end:
            start, step = (y >> 3) * self._stride + x, min(8 - (y & 7), end - y)
            bits = ((1 << step) - 1) << (y & 7)
            for at in range(start, start + width):
                self.data[at] = self.data[at] | bits if colour else self.data[at] & ~bits
            y += step


class Packed(Pixels):
    """Several pixels of a row in each byte. `shifts`: by how much each of them is shifted in it, from left to right."""

    def __init__(self, data: memoryview, width: int, height: int, stride: int, shifts: tuple[int, ...]) -> None:
        super().__init__(data, width, height, stride)
        self._shifts = shifts
        self._each = len(shifts)
        self.colours = (1 << 8 // self._each) - 1

    def get(self, x: int, y: int) -> int:
        at, within = divmod(y * self._stride + x, self._each)
        return self.data[at] >> self._shifts[within] & self.colours

    def set(self, x: int, y: int, colour: int) -> None:
        at, within = divmod(y * self._stride + x, self._each)
        shift = self._shifts[within]
        self.data[at] = self.data[at] & ~(self.colours << shift) | colour << shift

    def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        each = self._each
        whole = sum(colour << shift for shift in self._shifts)
        first, last = -(-x // each) * each, (x + width) // each * each  # the pixels of whole bytes
        if first >= last:
            super().fill(x, y, width, height, colour)
            return
        full = bytes([whole]) * ((last - first) // each)
        for row in range(y, y + height):
            at = (row * self._stride + first) // each
            self.data[at : at + len(full)] = full
        super().fill(x, y, first - x, height, colour)
        super().fill(last, y, x + width - last, height, colour)


class PackedMono(Packed, Mono):
    """MONO_HLSB and MONO_HMSB."""


SHIFTS = {  # HMSB of a colour with several bits is another order than that of one
    MONO_HLSB: (7, 6, 5, 4, 3, 2, 1, 0),
    MONO_HMSB: (0, 1, 2, 3, 4, 5, 6, 7),
    GS2_HMSB: (0, 2, 4, 6),
    GS4_HMSB: (4, 0),
}


def make(buffer: Any, width: int, height: int, format: int, stride: int) -> Pixels:
    """The picture in `buffer`. TypeError if that can't be written to; ValueError for sizes that are not possible."""
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST):
        raise ValueError(f"width and height are 1 to {LARGEST}, not {width} and {height}")
    if not width <= stride <= LARGEST:
        raise ValueError(f"stride is {width}, the width, to {LARGEST}, not {stride}")
    if not MONO_VLSB <= format <= GS8:
        raise ValueError(f"invalid format: MONO_VLSB, RGB565 or another of framebuf's, not {format}")
    data = _bytes_of(buffer)
    each = len(SHIFTS.get(format, (0,)))  # pixels in a byte of a row
    stride, row = -(-stride // each) * each, -(-width // each) * each
    rows, lines = (height, 1) if format != MONO_VLSB else (-(-height // 8), 8)
    needed = ((rows - 1) * stride + row) * lines * _bits(format) // 8
    if len(data) < needed:
        raise ValueError(f"the buffer has {len(data)} bytes: {width} times {height} in this format take {needed}")
    if format in SHIFTS:
        kind = PackedMono if _bits(format) == 1 else Packed
        return kind(data, width, height, stride, SHIFTS[format])
    if format == MONO_VLSB:
        return Vertical(data, width, height, stride)
    return Whole(data, width, height, stride, "H" if format == RGB565 else "B")


def _bits(format: int) -> int:
    """Of a pixel."""
    return {RGB565: 16, GS8: 8, GS4_HMSB: 4, GS2_HMSB: 2}.get(format, 1)


def _bytes_of(buffer: Any) -> memoryview:
    try:
        data = memoryview(buffer)
    except TypeError:
        data = None
    if data is None or data.readonly:
        raise TypeError(f"object with buffer protocol required, which can be written to: not {type(buffer).__name__}")
    return data.cast("B")
