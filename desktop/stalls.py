"""Tasks that block the loop, named while they do it.

    with report_stalls(limit=0.1):
        core.run(main())

A thread looks at the loop now and then; the loop itself does nothing for it. Off unless asked for.
"""

from __future__ import annotations

import linecache
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from ..core.context import get_event_loop


class Stall:
    """A task that has run for `seconds` without yielding; `str` says where it is and what to do."""

    def __init__(self, task: Any, seconds: float, frame: FrameType | None) -> None:
        self.task = repr(task)
        self.seconds = seconds
        self.file = frame.f_code.co_filename if frame else "?"
        self.line = frame.f_lineno if frame else 0
        self.function = frame.f_code.co_name if frame else "?"

    def __str__(self) -> str:
        source = linecache.getline(self.file, self.line).strip()
        where = f'File "{self.file}", line {self.line}, in {self.function}' + (f"\n    {source}" if source else "")
        return (
            f"{self.task} has blocked the loop for {self.seconds:.2f} s:\n  {where}\n"
            "Give what blocks to a thread: await offload.unblock(function, ...); let long work yield: await sleep(0)."
        )


def print_stall(stall: Stall) -> None:
    """Print it to stderr."""
    print(stall, file=sys.stderr)


class report_stalls:
    """Call `report(stall)`, in a thread of its own, once for each task that runs longer than `limit` seconds on end.

    `loop` is the calling thread's unless another is given. Ends with the `with` block, or with `stop()`. ValueError if
    `limit` is not above 0.
    """

    def __init__(
        self, limit: float = 0.1, report: Callable[[Stall], object] = print_stall, loop: Any = None
    ) -> None:
        if not limit > 0:
            raise ValueError(f"the limit is a number of seconds above 0, not {limit!r}")
        self.limit = limit
        self.report = report
        self.loop = get_event_loop() if loop is None else loop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="report_stalls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching, and wait for a report that is under way."""
        self._stop.set()
        self._thread.join()

    def __enter__(self) -> report_stalls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self) -> None:
        loop = self.loop
        seen: object = None
        since = time.monotonic()
        reported = False
        while not self._stop.wait(self.limit / 4):
            task = loop.current
            now = time.monotonic()
            here = (loop.passes, id(task))
            if task is None or here != seen:
                seen, since, reported = here, now, False
            elif not reported and now - since >= self.limit:
                reported = True
                self.report(Stall(task, now - since, self._frame()))

    def _frame(self) -> FrameType | None:
        """Where the loop's thread is, in the program's own code: what called the function of C that may block."""
        return sys._current_frames().get(self.loop.thread)
