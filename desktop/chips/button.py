"""A push button between a pin and ground, or between a pin and the supply, whose contacts bounce."""

from __future__ import annotations

from random import Random

from twincore.desktop.board import Board

from .chip import Chip, Pin, at_least, line_of
from .contact import Contact


class Button(Chip):
    """A button. Pressed it joins the pin with ground, or with the supply (`to`); released it lets go of the pin.

    Args: to, "ground" or "supply"; resistor, there is one to the other side, as on a button module: else the level of
    the released button is what the board pulls the pin to, and without a pull it stays as it was, as a floating pin
    may; bounce_us and bounces, how long and how many times at most the contacts bounce; seed, of how they do.
    Raises ValueError for a pin that isn't there and for values that make no sense.
    """

    def __init__(
        self,
        board: Board,
        pin: Pin,
        *,
        to: str = "ground",
        resistor: bool = False,
        bounce_us: int = 2000,
        bounces: int = 4,
        seed: int = 0,
    ) -> None:
        if to not in ("ground", "supply"):
            raise ValueError(f'a button connects its pin to "ground" or "supply", not {to!r}')
        self.line = line_of(board, pin)
        self._pressed_level = 1 if to == "supply" else 0
        self._resistor = resistor
        self._by = f"the button to {to}"
        self._contact = Contact(board, self._join, bounce_us, bounces, Random(seed))
        self._order = 0  # number of what was asked for last: the movements of what was asked for before are off
        if resistor:
            self._join(False)
        super().__init__(board)

    @property
    def pressed(self) -> bool:
        return self._contact.closed

    def press(self) -> int:
        """Press it now, and keep it so. Returns when the contacts rest, in us of the board's time."""
        self._order += 1
        return self._contact.move(True)

    def release(self) -> int:
        """Let it go now. Returns when the contacts rest."""
        self._order += 1
        return self._contact.move(False)

    def click(self, ms: float = 100, *, times: int = 1, gap_ms: float = 100) -> int:
        """Press it now for `ms`, `times` times with `gap_ms` between. Returns at once: when it is let go of at last."""
        at_least("ms", ms, 0)
        at_least("gap_ms", gap_ms, 0)
        at_least("times", times, 1)
        self.press()
        start = self.board.time.now()
        released = start
        for number in range(times):
            pressed = start + round(number * (ms + gap_ms) * 1000)
            released = pressed + round(ms * 1000)
            if number:
                self.board.at(pressed, self._move, self._order, True)
            self.board.at(released, self._move, self._order, False)
        return released

    def hold(self, ms: float = 1500) -> int:
        """A long press, of `ms`. Returns at once: when it will be let go of."""
        return self.click(ms)

    def state(self) -> dict[str, str]:
        return {self.line.name: "pressed" if self.pressed else "released"}

    def _join(self, closed: bool) -> None:
        level = self._pressed_level if closed else 1 - self._pressed_level if self._resistor else None
        self.line.drive(level, by=self._by)

    def _move(self, order: int, closed: bool) -> None:
        if order == self._order:
            self._contact.move(closed)

    def _unwire(self) -> None:
        self.release()
        self._contact.rest()
        self.line.drive(None, by=self._by)
