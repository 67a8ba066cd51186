"""Console: what a board prints, kept as text, with a wait for more of it."""

from __future__ import annotations

import threading

from ..board.timekeeper import Wakeable


class Console:
    """The output of one board. Any thread."""

    def __init__(self) -> None:
        self.changed = Wakeable()  # for the one that waits for output
        self._parts: list[str] = []
        self._lock = threading.Lock()

    def write(self, text: str) -> None:
        """The board prints it."""
        with self._lock:
            self._parts.append(text)
        self.changed.notify()

    def text(self, start: int = 0) -> str:
        """What was printed so far, from that character on."""
        with self._lock:
            if len(self._parts) > 1:
                self._parts = ["".join(self._parts)]
            return self._parts[0][start:] if self._parts else ""
