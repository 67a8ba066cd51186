"""Which pins are connected to which PIO: one of them at a time, as a pin has one function."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import pins_of

if TYPE_CHECKING:
    from ...board import Board, Line
    from .block import Block


class Pins:
    """Of one board. `lock` is that of the blocks. Any thread."""

    def __init__(self, board: Board, lock: AbstractContextManager[Any]) -> None:
        self._board = board
        self._lock = lock
        self._lines: dict[int, Line] = {}

    def line(self, pin: int) -> Line:
        """The line of the pin of that number."""
        line = self._lines.get(pin)
        if line is None:
            line = self._lines[pin] = self._board.line(f"GP{pin}")
        return line

    def connect(self, block: Block, pin: int) -> None:
        """Give the pin to that PIO, if need be from another. ValueError if another peripheral has it."""
        line = self.line(pin)
        users = self._board.users
        if users.get(line.name) != block.user:
            if users.get(line.name, "").startswith("PIO(") and line.give_up is not None:
                line.give_up()
            pins_of.claim(self._board, block.user, line.name)
        line.give_up = partial(self._disconnect, block, pin)
        with self._lock:
            block.owned |= 1 << pin
            block.changed |= 1 << pin

    def _disconnect(self, block: Block, pin: int) -> None:
        line = self.line(pin)
        with self._lock:
            block.owned &= ~(1 << pin)
        line.give_up = None
        if self._board.users.get(line.name) == block.user:
            del self._board.users[line.name]

    def let_go(self, blocks: Iterable[Block]) -> None:
        """None of these blocks has a pin any more."""
        for block in blocks:
            for pin in range(block.owned.bit_length()):
                if block.owned >> pin & 1:
                    self._disconnect(block, pin)
                    self.line(pin).output(None)
