"""machine.WDT: the watchdog, which ends an application that does not feed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .of_board import OfBoard, bound
from .resets import reset

if TYPE_CHECKING:
    from .world import World

LONGEST = {"rp2": 8388, "pyboard": 32_000, "esp32": 4_294_967}  # ms


class WDT(OfBoard):
    """A watchdog that wants `feed` every `timeout` ms and can't be stopped. ValueError for a time that is too long."""

    def __init__(self, id: int = 0, timeout: int = 5000) -> None:
        if id != 0:
            raise ValueError(f"WDT({id!r}) doesn't exist: there is WDT(0)")
        longest = LONGEST[self._board.kind.platform]
        if not 1 <= timeout <= longest:
            raise ValueError(f"timeout is 1 to {longest} ms on a {self._board.kind.name}, not {timeout!r}")
        self._timeout = timeout
        self._until = 0
        self.feed()
        self._board.at(self._until, self._look)

    def feed(self) -> None:
        """Put it off. Any thread, hard handlers included."""
        self._until = self._board.time.now() + self._timeout * 1000

    def _look(self) -> None:
        if self._board.time.now() < self._until:
            self._board.at(self._until, self._look)
        else:
            text = f"the watchdog was not fed for {self._timeout} ms: the board resets, and the application ends"
            reset(self._board, "watchdog", text)


def wdt_class(world: World) -> type[WDT]:
    """The WDT of `world`'s application."""
    return bound(WDT, world, "machine")
