"""Contact: a pair of metal contacts, as in a button, a key or an encoder, that bounce when they close and open."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from twincore.desktop.board import Board

from .chip import at_least


def bounce_times(random: Random, within: int, most: int) -> list[int]:
    """When contacts that move at 0 bounce: an even number of times in us, rising, from 1 to `within`.

    At each the contacts go to the other state, so that after the last one they are where they moved to. There are
    `most` bounces at most, of two times each, and none if `within` leaves no room for one.
    """
    bounces = random.randint(0, min(most, within // 2))
    return sorted(random.sample(range(1, within + 1), 2 * bounces))


class Contact:
    """Contacts, open at first. `apply(closed)` makes the electrical connection, or breaks it. Any thread.

    They bounce for at most `bounce_us`, at most `bounces` times for each movement, as `random` has it.
    """

    def __init__(
        self, board: Board, apply: Callable[[bool], object], bounce_us: int, bounces: int, random: Random
    ) -> None:
        at_least("bounce_us", bounce_us, 0)
        at_least("bounces", bounces, 0)
        self.closed = False
        self.bounce_us = bounce_us
        self.bounces = bounces
        self._board = board
        self._apply = apply
        self._random = random
        self._movement = 0

    def move(self, closed: bool, within: int | None = None) -> int:
        """Close or open the contacts now; the bounces follow. Returns when they rest, in us of the board's time.

        `within`: they bounce for no longer than so many us. Raises what the connection raises, and has not moved then.
        """
        now = self._board.time.now()
        if closed == self.closed:
            return now
        self._movement += 1
        self.closed = closed
        try:
            self._apply(closed)
        except BaseException:
            self.closed = not closed
            raise
        settled = now
        bouncing = closed
        for after in bounce_times(self._random, min(self.bounce_us, within or self.bounce_us), self.bounces):
            bouncing = not bouncing
            settled = now + after
            self._board.at(settled, self._bounce, self._movement, bouncing)
        return settled

    def rest(self) -> None:
        """Bounce no more."""
        self._movement += 1

    def _bounce(self, movement: int, closed: bool) -> None:
        if movement != self._movement:
            return
        self._apply(closed)
        # Another thread may have moved the contacts between the two lines above, and its state must be the last:
        #   here: movement is the latest    there: move, apply    here: apply a bounce of the movement before
        # A lock can't prevent it: `apply` waits for interrupt handlers, which run in this very thread.
        if movement != self._movement:
            self._apply(self.closed)
