"""How an application ends when its board resets: World.run returns, and whoever ran it may run it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..board import Board

CAUSES = {  # what `machine.reset_cause()` says after it
    "power": "PWRON_RESET",
    "reset": "HARD_RESET",
    "watchdog": "WDT_RESET",
    "deepsleep": "DEEPSLEEP_RESET",
    "soft": "SOFT_RESET",
}


class BoardReset(SystemExit):
    """The board resets: `cause` is one of CAUSES. The application's exit code is 1 after the watchdog, else 0."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(1 if cause == "watchdog" else 0)
        self.cause = cause
        self.text = text

    def __str__(self) -> str:
        return self.text


def reset(board: Board, cause: str, text: str) -> None:
    """End the application on `board`, and say why: in the main program at once, else at its next step. Any thread.

    `board.reset_cause` is `cause` from then on. Returns only in hard handlers and in the hardware's own doing.
    """
    board.reset_cause = cause
    board.resets += 1
    board.print(f"{text}\n")
    error = BoardReset(cause, text)
    if board.interrupts.is_main():
        raise error
    board.interrupts.end(error)
    if not board.hardware.here():
        raise SystemExit
