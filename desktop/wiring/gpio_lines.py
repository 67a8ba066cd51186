"""A pin of a simulated board wired to a GPIO line of this machine, through the kernel's character device (libgpiod).

The line is what the pin is: an output while the pin drives it, else an input whose edges reach the board as they come,
with the pin's own resistor. Real time only. It has a thread that reads, which `close` ends.
"""

from __future__ import annotations

import errno
import importlib
import os
import selectors
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..board.line import Line

if TYPE_CHECKING:
    from ..board import Board

CONSUMER = "twincore"  # who has the line, as `gpioinfo` shows it


class RealLine:
    """`line` of `board` is wired to the GPIO line of that `number` at `chip`, a path as /dev/gpiochip0.

    Args: tell, called with a line of text if it fails later on: then nothing more is passed on. ImportError without
    gpiod; OSError, which `explained` explains.
    """

    def __init__(
        self, board: Board, line: Line, chip: str, number: int, tell: Callable[[str], object] = print
    ) -> None:
        gpiod = importlib.import_module("gpiod")
        self._settings: Any = gpiod.LineSettings
        self._words: Any = importlib.import_module("gpiod.line")
        self.name = f"line {number} of {chip}"
        self._line = line
        self._number = number
        self._tell = tell
        self.failure = ""
        self._out: int | None = None  # what it drives
        self._closed = False
        self._request: Any = gpiod.request_lines(chip, consumer=CONSUMER, config={number: self._input()})
        # It is wired to the pin as a resistor, not as an output: whether a real chip holds against the board's output
        # is seen at the real wire only, so a pin that becomes an output is no short circuit.
        self._outside = Line(self.name, board.time, board.interrupts)
        line.link(self._outside)
        self._take_over()
        self._ended, self._end = os.pipe()
        line.on_output = self._drives
        line.watch(self._edge)
        self._drives(line.outputs())
        self._thread = threading.Thread(target=self._read, name=f"{line.name}: {self.name}", daemon=True)
        self._thread.start()

    def state(self) -> dict[str, str]:
        return {"at": self.name, **({"failed": self.failure} if self.failure else {})}

    def _input(self) -> Any:
        words = self._words
        bias = {None: words.Bias.AS_IS, 0: words.Bias.PULL_DOWN, 1: words.Bias.PULL_UP}[self._line.pulls()]
        return self._settings(direction=words.Direction.INPUT, edge_detection=words.Edge.BOTH, bias=bias)

    def _value(self, level: int) -> Any:
        return self._words.Value.ACTIVE if level else self._words.Value.INACTIVE

    def _level(self) -> int:
        return 1 if self._request.get_value(self._number) == self._words.Value.ACTIVE else 0

    def _drives(self, level: int | None) -> None:
        """The board's pin drives it, or is an input. In the board's thread."""
        if self.failure:
            return
        try:
            if level is None:
                self._out = None
                self._request.reconfigure_lines({self._number: self._input()})
                self._take_over()
            elif self._out is None:
                self._out = level
                value, output = self._value(level), self._words.Direction.OUTPUT
                self._request.reconfigure_lines({self._number: self._settings(direction=output, output_value=value)})
                self._outside.pull(None)
            elif level != self._out:
                self._out = level
                self._request.set_value(self._number, self._value(level))
        except OSError as error:
            self._failed(error)

    def _edge(self, level: int, when: int) -> None:
        """The wire changed; what toggles by itself, as PWM, does not go through `output`."""
        if self._out is not None and self._line.outputs() is not None:
            self._drives(level)

    def _take_over(self) -> None:
        """The board's wire has the line's level. An edge may be told by the other thread meanwhile: the last look wins.

        No lock is held around `pull`: it waits for handlers, which may set the pin.
        """
        level = None
        while level != (seen := self._level()):
            level = seen
            self._outside.pull(level)

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._request.fd, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                ready = [key.fd for key, _ in selector.select()]
                if self._ended in ready:
                    return
                try:
                    events = self._request.read_edge_events()
                except OSError as error:
                    self._failed(error)
                    return
                for event in events:
                    if self._out is None:
                        self._outside.pull(1 if event.event_type is event.Type.RISING_EDGE else 0)

    def _failed(self, error: OSError) -> None:
        first, self.failure = not self.failure and not self._closed, str(error)
        if first:
            self._tell(f"{self._line.name}: {self.name} failed: {error}\n")

    def close(self) -> None:
        """Give the line back: it keeps its state until another program has it."""
        if self._closed:
            return
        self._closed = True
        self._line.on_output = None
        self._line.unwatch(self._edge)
        os.write(self._end, b"x")
        self._thread.join()
        self._request.release()
        os.close(self._ended)
        os.close(self._end)


def explained(error: OSError, chip: str, number: int) -> str:
    """What a person can do about an error of `RealLine`."""
    if error.errno == errno.ENOENT:
        there = ", ".join(sorted(str(path) for path in Path("/dev").glob("gpiochip*"))) or "none"
        return f"there is no {chip}: of GPIO chips there is {there}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission for {chip}: be in the group that has it (ls -l {chip})"
    if error.errno == errno.EBUSY:
        return f"line {number} of {chip} is in use: gpioinfo shows by whom"
    if error.errno in (errno.ENODEV, errno.ENOTTY):
        return f"{chip} is no GPIO chip"
    if error.errno == errno.EINVAL:
        return f"{chip} has no line {number}: gpioinfo shows its lines"
    return f"line {number} of {chip}: {error}"
