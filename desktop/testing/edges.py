"""record: the edges of a pin with their times, to be compared with what they should be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..board.line import Line

__tracebackhide__ = True  # pytest shows the test's own line
Edge = tuple[int, int]


class Edges(list[Edge]):
    """The edges of a line since `record`, as (microseconds since then, level); grows while it records. Any thread."""

    def __init__(self, line: Line, start: int) -> None:
        super().__init__()
        self.line = line
        self.start = start  # of the recording, in the board's time

    def add(self, level: int, when: int) -> None:
        """An edge to `level` at `when`, in the board's time."""
        self.append((when - self.start, level))

    def stop(self) -> None:
        """Record no more."""
        self.line.unwatch(self.add)

    def intervals(self) -> list[int]:
        """Microseconds from each edge to the next."""
        return [then - now for (now, _), (then, _) in pairwise(self[:])]

    def expect(self, edges: Sequence[Edge], within_us: int = 0, *, from_first: bool = False) -> None:
        """AssertionError unless these and no others have been recorded, each at its time or up to `within_us` off.

        `from_first`: times count from the first edge, whenever that was.
        """
        got = self[:]
        if from_first and got:
            first = got[0][0]
            got = [(when - first, level) for when, level in got]
        rows = [_row(edges, got, number, within_us) for number in range(max(len(edges), len(got)))]
        if any(complaint for _, complaint in rows):
            table = "\n".join(f"  {text}{'   <- ' + complaint if complaint else ''}" for text, complaint in rows)
            raise AssertionError(f"{self.line.name}: the edges are not as expected, within {within_us} us:\n{table}")


def _row(wanted: Sequence[Edge], got: Sequence[Edge], number: int, within: int) -> tuple[str, str]:
    """What is to be said of the edge `number`, and what is wrong with it."""
    if number >= len(got):
        return _text(wanted[number]), "is missing"
    if number >= len(wanted):
        return _text(got[number]), "was not expected"
    off = got[number][0] - wanted[number][0]
    if got[number][1] != wanted[number][1]:
        return _text(got[number]), f"should be {_text(wanted[number]).strip()}"
    if abs(off) > within:
        how = "late" if off > 0 else "early"
        return _text(got[number]), f"{abs(off)} us too {how}: should be at {wanted[number][0]}"
    return _text(got[number]), ""


def _text(edge: Edge) -> str:
    return f"{edge[0]:>12} us: {edge[1]}"


def record(line: Line) -> Edges:
    """Record the edges of `line` from now on, until the board is closed or `stop()`."""
    edges = Edges(line, line.time.now())
    line.watch(edges.add)
    return edges
