"""A matrix keypad: each key joins the wire of its row with the wire of its column. No diodes, as in the cheap ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random

from twincore.desktop.board import Board

from .chip import Chip, Pin, at_least, line_of
from .contact import Contact

Key = str | tuple[int, int]  # its label, or (row, column) counted from 0


class Keypad(Chip):
    """A keypad. A pressed key is a piece of wire, so that whatever drives or pulls its row reaches its column.

    Three pressed keys at the corners of a rectangle therefore join all its four lines, and the fourth key seems to be
    pressed: the ghost that a driver of such a keypad must expect. Two outputs that are joined so, and disagree, are a
    ShortCircuit, raised by whoever drives the second: drive the lines of a matrix as open drain.

    Args: rows, columns, the pins; labels, one for each key, row by row, all different: a string or a list of strings;
    bounce_us, bounces, seed, as in Button.
    Raises ValueError for pins that aren't there or there twice, and labels that don't fit.
    """

    def __init__(
        self,
        board: Board,
        rows: Sequence[Pin],
        columns: Sequence[Pin],
        *,
        labels: str | Sequence[str] | None = None,
        bounce_us: int = 0,
        bounces: int = 4,
        seed: int = 0,
    ) -> None:
        self.rows = [line_of(board, pin) for pin in rows]
        self.columns = [line_of(board, pin) for pin in columns]
        lines = self.rows + self.columns
        if not self.rows or not self.columns:
            raise ValueError("a keypad has one row and one column at least")
        twice = [line.name for line in lines if lines.count(line) > 1]
        if twice:
            raise ValueError(f"{twice[0]} has more than one wire of the keypad")
        size = len(self.rows) * len(self.columns)
        if labels is not None and (len(labels) != size or len(set(labels)) != size):
            raise ValueError(f"a keypad of {len(self.rows)} x {len(self.columns)} needs {size} different labels")
        places = [(row, column) for row in range(len(self.rows)) for column in range(len(self.columns))]
        self.labels = list(labels or ())
        self._labels = dict(zip(labels, places, strict=True)) if labels is not None else {}
        random = Random(seed)
        self._contacts = {
            place: Contact(board, partial(self._join, place), bounce_us, bounces, random) for place in places
        }
        self._joined: set[tuple[int, int]] = set()
        super().__init__(board)

    def press(self, key: Key) -> int:
        """Press that key, and keep it so. Returns when its contacts rest, in us of the board's time.

        ValueError if there is no such key; ShortCircuit if it joins outputs that disagree: it is not pressed then.
        """
        return self._contacts[self._place(key)].move(True)

    def release(self, key: Key | None = None) -> int:
        """Let go of that key, or of all. Returns when the contacts rest."""
        places = list(self._contacts) if key is None else [self._place(key)]
        return max(self._contacts[place].move(False) for place in places)

    def click(self, key: Key, ms: float = 100) -> int:
        """Press that key now for `ms`. Returns at once: when it is let go of, in us."""
        at_least("ms", ms, 0)
        self.press(key)
        released = self.board.time.now() + round(ms * 1000)
        self.board.at(released, self.release, key)
        return released

    def pressed(self) -> list[Key]:
        """The keys that are pressed, by label if they have labels."""
        names = {place: label for label, place in self._labels.items()}
        return [names.get(place, place) for place, contact in self._contacts.items() if contact.closed]

    def state(self) -> dict[str, str]:
        return {"pressed": " ".join(str(key) for key in self.pressed()) or "none"}

    def _place(self, key: Key) -> tuple[int, int]:
        if isinstance(key, str):
            place = self._labels.get(key)
            there = " ".join(self._labels) or "no labels"
        else:
            place = key if key in self._contacts else None
            there = f"{len(self.rows)} rows and {len(self.columns)} columns, counted from 0"
        if place is None:
            raise ValueError(f"the keypad has no key {key!r}: it has {there}")
        return place

    def _join(self, place: tuple[int, int], closed: bool) -> None:
        row, column = self.rows[place[0]], self.columns[place[1]]
        if closed and place not in self._joined:
            row.link(column)
            self._joined.add(place)
        elif not closed and place in self._joined:
            self._joined.discard(place)
            row.unlink(column)

    def _unwire(self) -> None:
        for contact in self._contacts.values():
            contact.rest()
        for place in list(self._joined):
            self._join(place, False)
