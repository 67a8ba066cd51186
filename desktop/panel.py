"""`twincore run --panel`: a picture of the board below the application's output, and keys that press its buttons.

Needs a terminal for its output; for the keys its input must be one too, which the application then cannot read.
"""

from __future__ import annotations

import os
import selectors
import sys
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from .board import Board
from .picture import picture
from .ps import TaskInfo, tasks
from .wiring.keys import Key

PICTURES = 10  # per second


def possible() -> bool:
    """Whether this process's output is a terminal that a panel can be drawn on."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class Panel:
    """The panel of one board while the `with` block lasts; the last picture stays on the screen.

    Args: keys, by the character that is typed; main, the thread whose loop has the application's tasks, by default the
    caller's; console, where it is drawn, by default stdout.
    `print` is for any thread, and is what the board's `output` should be meanwhile.
    """

    def __init__(
        self,
        board: Board,
        keys: Mapping[str, Key],
        main: threading.Thread | None = None,
        console: Console | None = None,
    ) -> None:
        self._board = board
        self._keys = dict(keys)
        self._main = main or threading.current_thread()
        self._unfinished = ""
        self._closed = False
        self._printing = threading.Lock()
        self._keyboard = _Keyboard(self._typed) if keys and sys.stdin is not None and sys.stdin.isatty() else None
        self._console = console or Console(highlight=False)
        self._live = Live(
            console=self._console,
            get_renderable=self._picture,
            refresh_per_second=PICTURES,
            vertical_overflow="crop",
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def print(self, text: str) -> None:
        """Print what the application prints above the panel: a line when it has ended."""
        with self._printing:
            *lines, self._unfinished = (self._unfinished + text).split("\n")
            for line in lines:
                self._console.print(Text.from_ansi(line.rstrip("\r")), soft_wrap=True)

    def _picture(self) -> RenderableType:
        keys = self._keys if self._keyboard is not None else {}
        words = {key: action.what for key, action in keys.items() if action.what}
        return picture(self._board, words, self._tasks(), self._unfinished)

    def _tasks(self) -> list[TaskInfo]:
        """Those of the application's loop: read while it runs, so now and then of two moments."""
        if "twincore.core.context" not in sys.modules:
            return []
        from ..core import context

        loop: Any = context._loops.get(self._main.ident)
        try:
            return tasks(loop) if loop is not None else []
        except Exception:  # a task ended while it was looked at: the next picture has it right
            return []

    def _typed(self, key: str) -> None:
        action = self._keys.get(key)
        if action is not None:
            action.press()

    def __enter__(self) -> Panel:
        if self._keyboard is not None:
            self._keyboard.start()
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def abandon(self) -> None:
        """Give the terminal back as it was, from a signal handler, before the process is killed.

        No lock is taken, and rich is not called: the handler may have interrupted it.
        """
        if self._keyboard is not None:
            self._keyboard.restore()
        os.write(self._console.file.fileno(), b"\r\n\x1b[?25h")  # shows the cursor

    def close(self) -> None:
        """Leave the terminal as it was. Again: nothing happens."""
        if self._closed:
            return
        self._closed = True
        if self._keyboard is not None:
            self._keyboard.stop()
        if self._unfinished:
            self.print("\n")
        self._live.stop()


class _Keyboard:
    """Calls `typed(character)` for each key, in a thread of its own. The terminal shows none of them meanwhile."""

    def __init__(self, typed: Callable[[str], object]) -> None:
        self._typed = typed
        self._file = sys.stdin.fileno()
        self._thread = threading.Thread(target=self._read, name="panel: keys", daemon=True)

    def start(self) -> None:
        import termios
        import tty

        self._before = termios.tcgetattr(self._file)
        self._ended, self._end = os.pipe()
        tty.setcbreak(self._file)  # Ctrl-C is a signal still
        self._thread.start()

    def stop(self) -> None:
        """Read no more; the terminal is as it was."""
        os.write(self._end, b"x")
        self._thread.join(1)
        self.restore()
        if not self._thread.is_alive():  # else what it pressed waits for the application
            os.close(self._ended)
            os.close(self._end)

    def restore(self) -> None:
        """The terminal shows again what is typed."""
        import termios

        termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._file, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                ready = [key.fd for key, _ in selector.select()]
                if self._ended in ready:
                    return
                data = os.read(self._file, 64)
                if not data:
                    return
                for character in data.decode(errors="ignore"):
                    self._typed(character)
