"""A rotary encoder: two contacts, A and B, that close a quarter of a cycle apart as the knob turns, and bounce."""

from __future__ import annotations

from functools import partial
from random import Random

from twincore.desktop.board import Board

from .chip import Chip, Pin, line_of
from .contact import Contact

# (A, B), 1 an open contact, which the pull-ups keep high. Clockwise A leads, as in the "Quadrature output table"
# of Bourns' data sheet of the PEC11R.
CYCLE = ((1, 1), (0, 1), (0, 0), (1, 0))


class Encoder(Chip):
    """An encoder whose common contact is at ground. At rest before the first turn both contacts are open.

    Args: steps, how many edges a detent has: 4, 2 or 1; resistors, both pins have a pull-up beside the knob: else the
    board has to pull them; bounce_us and bounces, how long and how often at most a contact bounces, never for longer
    than half the time to the next edge; seed, of how it does.
    Raises ValueError for pins that aren't there and for values that make no sense.
    """

    def __init__(
        self,
        board: Board,
        a: Pin,
        b: Pin,
        *,
        steps: int = 4,
        resistors: bool = True,
        bounce_us: int = 500,
        bounces: int = 2,
        seed: int = 0,
    ) -> None:
        if steps not in (1, 2, 4):
            raise ValueError(f"an encoder has 1, 2 or 4 steps in a detent, not {steps!r}")
        self.lines = (line_of(board, a), line_of(board, b))
        if self.lines[0] is self.lines[1]:
            raise ValueError(f"contacts A and B are both at {self.lines[0].name}: they need a pin each")
        self.steps = steps
        self._resistors = resistors
        self._step = 0  # so many edges from where it was first
        self._free = 0  # when the turn that was asked for last ends
        self._rest = 0  # when its contacts bounce no more after that
        self._settled = 0  # when they do after the last edge that there was
        self._order = 0  # a turn of a lower number was stopped
        random = Random(seed)
        self._contacts = [
            Contact(board, partial(self._join, number), bounce_us, bounces, random) for number in range(2)
        ]
        for number in range(2):
            self._join(number, False)
        super().__init__(board)

    @property
    def position(self) -> float:
        """Detents from where it was first, clockwise; a fraction between two."""
        return self._step / self.steps

    def turn(self, detents: float, rate: float = 10.0) -> int:
        """Turn it, clockwise if `detents` is positive, at `rate` detents a second, after what it is still to turn.

        Returns at once: when it will be there, its contacts at rest, in us of the board's time. The edges are equally
        far apart, the first of them after one such time. To turn it by 0 tells when it is at rest. ValueError if it
        can't stop there.
        """
        edges = detents * self.steps
        if not float(edges).is_integer():
            raise ValueError(f"with {self.steps} steps in a detent it can't be turned by {detents!r}")
        if not rate > 0:
            raise ValueError(f"rate is in detents a second and more than 0, not {rate!r}")
        gap = 1e6 / (rate * self.steps)
        now = self.board.time.now()
        start = max(now, self._free)
        direction = 1 if edges > 0 else -1
        for number in range(1, abs(int(edges)) + 1):
            when = start + round(number * gap)
            self.board.at(when, self._move, self._order, direction, int(gap / 2))
            self._free = when
            # A slower turn before this one may have left the other contact bouncing for longer.
            self._rest = max(self._rest, when + min(self._contacts[0].bounce_us, int(gap / 2)))
        return max(now, self._rest)

    def stop(self) -> None:
        """Leave it where it is, between two detents perhaps."""
        self._order += 1
        self._free = self.board.time.now()
        self._rest = max(self._free, self._settled)

    def state(self) -> dict[str, str]:
        levels = CYCLE[self._step % 4]
        return {"position": f"{self.position:g}", "A": str(levels[0]), "B": str(levels[1])}

    def _move(self, order: int, direction: int, within: int) -> None:
        if order != self._order:
            return
        self._step += direction
        for contact, level in zip(self._contacts, CYCLE[self._step % 4], strict=True):
            self._settled = max(self._settled, contact.move(not level, max(within, 1)))

    def _join(self, number: int, closed: bool) -> None:
        level = 0 if closed else 1 if self._resistors else None
        self.lines[number].drive(level, by=f"encoder contact {'AB'[number]}")

    def _unwire(self) -> None:
        self.stop()
        for number, contact in enumerate(self._contacts):
            contact.rest()
            self.lines[number].drive(None, by=f"encoder contact {'AB'[number]}")
