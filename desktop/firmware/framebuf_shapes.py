"""Lines, ellipses and polygons for a FrameBuffer: which pixels of them MicroPython sets, and no others.

Each function gives points, or spans (x, y, width), of which some may lie outside of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[int, int]
Span = tuple[int, int, int]
RIGHT_UP, LEFT_UP, LEFT_DOWN, RIGHT_DOWN = 1, 2, 4, 8  # the quarters of an ellipse


def line(x1: int, y1: int, x2: int, y2: int) -> Iterator[Point]:
    """From one point to the other, both included: Bresenham's, rounding as the way from the first one does."""
    steps, rise = abs(x2 - x1), abs(y2 - y1)
    along, aside = (1 if x2 > x1 else -1, 0), (0, 1 if y2 > y1 else -1)
    if rise > steps:
        steps, rise, along, aside = rise, steps, aside, along
    x, y, error = x1, y1, 2 * rise - steps
    for _ in range(steps):
        yield x, y
        if error >= 0:
            x, y, error = x + aside[0], y + aside[1], error - 2 * steps
        x, y, error = x + along[0], y + along[1], error + 2 * rise
    yield x2, y2


def ellipse(x: int, y: int, across: int, down: int, quarters: int, fill: bool) -> Iterator[Span]:
    """That with these two radii around x, y: its outline in spans of one pixel, or what is in it."""
    if across == down == 0:
        if quarters:
            yield x, y, 1
        return
    for right, below in _quarter(across, down):
        for quarter, sign_x, sign_y in (
            (RIGHT_UP, 1, -1), (LEFT_UP, -1, -1), (LEFT_DOWN, -1, 1), (RIGHT_DOWN, 1, 1),
        ):
            if quarters & quarter:
                if fill:
                    yield (x if sign_x > 0 else x - right), y + sign_y * below, right + 1
                else:
                    yield x + sign_x * right, y + sign_y * below, 1


def _quarter(across: int, down: int) -> Iterator[Point]:
    """The outline of one quarter: first the part where it is steep, then, from the other axis on, the flat one."""
    for far, near in _arc(across, down):
        yield far, near
    for far, near in _arc(down, across):
        yield near, far


def _arc(far: int, near: int) -> Iterator[Point]:
    """(along the axis `far`, along the other): from the end of that axis to where the slope is 1, which is included.

    After J. Kennedy, "A Fast Bresenham Type Algorithm For Drawing Ellipses".
    """
    far2, near2 = far * far, near * near
    at, aside = far, 0
    error, change_at, change_aside = 0, near2 * (1 - 2 * far), far2
    stop_at, stop_aside = 2 * near2 * far, 0
    while stop_at >= stop_aside:
        yield at, aside
        aside += 1
        stop_aside += 2 * far2
        error += change_aside
        change_aside += 2 * far2
        if 2 * error + change_at > 0:
            at -= 1
            stop_at -= 2 * near2
            error += change_at
            change_at += 2 * near2


def outline(points: Sequence[Point]) -> Iterator[Point]:
    """Of a polygon, from its first corner back through the others to it."""
    for (x1, y1), (x2, y2) in _edges(points):
        yield from line(x1, y1, x2, y2)


def polygon(points: Sequence[Point]) -> Iterator[Span]:
    """What is in a polygon, row by row: between the places where its edges cross the row.

    An edge ends above its lower corner, so that no corner counts twice; pixels of lowest corners and level edges, which
    are then missed, are added.
    """
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    for row in range(top, bottom + 1):
        crossings = []
        for (x1, y1), (x2, y2) in _edges(points):
            if (y1 > row >= y2) or (y1 <= row < y2):
                crossings.append(_cut(32 * x1 + _cut(32 * (x2 - x1) * (row - y1), y2 - y1) + 16, 32))
            elif row == max(y1, y2):
                if y1 == y2:
                    for x, y in line(x1, y1, x2, y2):
                        yield x, y, 1
                else:
                    yield (x2 if y1 < y2 else x1), row, 1
        crossings.sort()
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            yield left, row, right - left + 1


def _edges(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return pairwise([points[0], *reversed(points)])


def _cut(number: int, by: int) -> int:
    """Divided as C does: towards 0."""
    cut = abs(number) // abs(by)
    return cut if (number < 0) == (by < 0) else -cut
