"""yields_within: an assertion that no coroutine keeps a loop to itself for longer than so long."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from ..board import Timekeeper, VirtualTime, who_waits
from ..board.clock import BoardClock
from ..stalls import Stall, report_stalls
from . import loops
from .app import App

__tracebackhide__ = True  # pytest shows the test's own line


class yields_within:
    """AssertionError at the end of a `with` block, with coroutine and line, if a task has run for over `ms` on end.

    `what`: an App, whose main core is meant, or a loop; None: the calling thread's loop. In virtual time it is exact:
    what the task has spent, and slept without `await`. In real time a thread looks now and then, so that a little more
    may pass unseen. `stalls` has what was found so far. ValueError unless `ms` is above 0.
    """

    def __init__(self, ms: float, what: App | Any = None) -> None:
        if not ms > 0:
            raise ValueError(f"a task yields within a number of ms above 0, not {ms!r}")
        self.ms = ms
        self.stalls: list[Stall] = []
        self._what = what
        self._stop: Callable[[], object]

    def __enter__(self) -> yields_within:
        what = self._what
        if isinstance(what, App):
            loop: Any = _LoopOf(what)
            time: Timekeeper | None = what.board.time
        else:
            loop = what if what is not None else loops.own()
            time = loop.clock.time if isinstance(loop.clock, BoardClock) else None
        if isinstance(time, VirtualTime):
            self._stop = _Watch(time, loop, round(self.ms * 1000), self.stalls).stop
        else:
            self._stop = report_stalls(self.ms / 1000, self.stalls.append, loop).stop
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if error is None and self.stalls:
            others = f"\n(and {len(self.stalls) - 1} more)" if len(self.stalls) > 1 else ""
            raise AssertionError(f"no task was to run for over {self.ms} ms on end, but {self.stalls[0]}{others}")


class _LoopOf:
    """The loop of an application, once it has one: as much of it as a watch looks at."""

    running = False  # to a watch of what no task does, which there is none of in virtual time either

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def thread(self) -> int | None:
        return self._app.thread.ident

    @property
    def current(self) -> Any:
        return getattr(self._app.loop, "current", None)

    @property
    def passes(self) -> int:
        return getattr(self._app.loop, "passes", 0)


class _Watch:
    """Hears when time passes in a context, and adds up what passes within one step of a task."""

    def __init__(self, time: VirtualTime, loop: Any, limit: int, stalls: list[Stall]) -> None:
        self._time = time
        self._loop = loop
        self._limit = limit
        self._stalls = stalls
        self._step: tuple[int, Any] | None = None  # the loop's pass, and the task
        self._begun = 0
        self._reported = False
        time.passed.append(self.passed)

    def stop(self) -> None:
        """Hear no more."""
        self._time.passed.remove(self.passed)

    def passed(self, before: int) -> None:
        """Time has passed in the calling thread, since `before`."""
        loop = self._loop
        if threading.get_ident() != loop.thread or loop.current is None:
            return
        step = (loop.passes, loop.current)
        if step != self._step:  # no time has passed between its beginning and `before`
            self._step, self._begun, self._reported = step, before, False
        length = self._time.now() - self._begun
        if length <= self._limit:
            return
        if self._reported:
            self._stalls[-1].seconds = length / 1e6
            return
        self._reported = True
        self._stalls.append(Stall(loop.current, length / 1e6, who_waits.own_frame(sys._getframe())))
