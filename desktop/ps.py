"""What the tasks of a loop are doing: a listing like ps, from inside a program or on a signal.

    print(listing())                 the tasks of this thread's loop
    list_on_signal()                 then, from a shell: kill -USR1 PID
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ..core.context import get_event_loop
from ..core.task import Task


@dataclass(frozen=True)
class TaskInfo:
    """One task. `state` is running, ready, waiting or failing; `where` is the line it is at."""

    name: str
    state: str
    waits_on: str
    where: str


def tasks(loop: Any = None) -> list[TaskInfo]:
    """The tasks of `loop` (default: this thread's) that have not ended, oldest first."""
    loop = get_event_loop() if loop is None else loop  # type: ignore[no-untyped-call]
    found = []
    task = loop.newest
    while task is not None:
        found.append(_info(task, loop))
        task = task.older
    return found[::-1]


def _info(task: Any, loop: Any) -> TaskInfo:
    waits = task.data
    if task is loop.current:
        state, waits_on = "running", ""
    elif waits is None:
        state, waits_on = "ready", ""
    elif isinstance(waits, BaseException):
        state, waits_on = "failing", repr(waits)
    else:
        state, waits_on = "waiting", repr(waits) if isinstance(waits, Task) else type(waits).__name__.lstrip("_")
    return TaskInfo(repr(task), state, waits_on, _where(task.coro))


def _where(coro: Any) -> str:
    """File and line of the innermost await in Python code."""
    frame = None
    while coro is not None:
        frame = getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None) or frame
        coro = getattr(coro, "cr_await", None) or getattr(coro, "gi_yieldfrom", None)
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}" if frame else "?"


def listing(loop: Any = None) -> str:
    """`tasks` as a table."""
    rows = [("TASK", "STATE", "WAITS ON", "AT")]
    rows += [(info.name, info.state, info.waits_on, info.where) for info in tasks(loop)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def list_on_signal(number: int | None = None, loop: Any = None) -> None:
    """Print the listing to stderr whenever signal `number` (default SIGUSR1) comes. Main thread only."""
    loop = get_event_loop() if loop is None else loop  # type: ignore[no-untyped-call]

    def show(number: int, frame: FrameType | None) -> None:
        print(listing(loop), file=sys.stderr, flush=True)

    signal.signal(signal.SIGUSR1 if number is None else number, show)
