"""Tasks that block the loop, named while they do it; so is a function that the loop itself calls and that blocks it.

    with report_stalls(limit=0.1):
        core.run(main())

A thread looks at the loop now and then; the loop itself does nothing for it. Off unless asked for.
"""

from __future__ import annotations

import linecache
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import CoroutineType, FrameType, TracebackType
from typing import Any

from ..core.context import get_event_loop


class Stall:
    """A task that has run for `seconds` without yielding; `str` says where it is and what to do.

    `task` None: what the loop called is no task's step, as in `call_soon_threadsafe`.
    """

    def __init__(self, task: Any, seconds: float, frame: FrameType | None) -> None:
        self.task = "A function that the loop called outside its tasks" if task is None else repr(task)
        self._of_a_task = task is not None
        self.seconds = seconds
        self.file = frame.f_code.co_filename if frame else "?"
        self.line = frame.f_lineno if frame else 0
        self.function = frame.f_code.co_name if frame else "?"

    def __str__(self) -> str:
        source = linecache.getline(self.file, self.line).strip()
        where = f'File "{self.file}", line {self.line}, in {self.function}' + (f"\n    {source}" if source else "")
        return (
            f"{self.task} has blocked the loop for {self.seconds:.2f} s:\n  {where}\n"
            + ("" if self._of_a_task else "Start a task there, and in it: ")
            + "Give what blocks to a thread: await offload.unblock(function, ...); let long work yield: await sleep(0)."
        )


def print_stall(stall: Stall) -> None:
    """Print it to stderr."""
    print(stall, file=sys.stderr)


class report_stalls:
    """Call `report(stall)`, in a thread of its own, once for each task that runs longer than `limit` seconds on end.

    So for what the loop calls outside its tasks: functions of `call_soon_threadsafe`, exception handlers, a stream's
    `ioctl`. What `report` raises goes to `threading.excepthook`, and the watch goes on.
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
        """End the watching, and wait for a report that is under way, unless it is that which calls."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
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
        while not self._stop.wait(min(self.limit / 4, threading.TIMEOUT_MAX)):
            task = loop.current
            now = time.monotonic()
            here = (loop.passes, id(task))
            if here != seen or (task is None and self._idle()):
                seen, since, reported = here, now, False
            elif not reported and now - since >= self.limit:
                reported = True
                self._tell(task, now - since)

    def _idle(self) -> bool:
        """Whether the loop does not run, or sleeps."""
        loop = self.loop
        if not loop.running or loop.bell._asleep:
            return True
        clock = loop.clock
        if not clock.jumps:
            return False
        sleep = getattr(clock.sleep, "__code__", None)  # of a loop by another clock than the system's
        return any(frame.f_code is sleep for frame in self._frames())

    def _tell(self, task: Any, seconds: float) -> None:
        frames = list(self._frames())
        if task is not None:
            coro = getattr(task.coro, "coro", task.coro)
            if isinstance(coro, CoroutineType) and coro.cr_frame not in frames:
                task = None  # it has yielded, and what the loop has called since blocks
        try:
            self.report(Stall(task, seconds, frames[0] if frames else None))
        except Exception as exc:
            threading.excepthook(threading.ExceptHookArgs((type(exc), exc, exc.__traceback__, self._thread)))

    def _frames(self) -> Iterator[FrameType]:
        """Where the loop's thread is, in the program's own code, and who called that, from the innermost on.

        The first is what called the function of C that may block.
        """
        frame = sys._current_frames().get(self.loop.thread)
        while frame is not None:
            yield frame
            frame = frame.f_back
