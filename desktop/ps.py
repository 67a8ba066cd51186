"""What the tasks of a loop are doing: a listing like ps, from inside a program or on a signal.

    print(listing())                 the tasks of this thread's loop
    list_on_signal()                 then, from a shell: kill -USR1 PID

As `core.listing`, which boards have too, and the line that each task is at.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ..core import task_list
from ..core.context import get_event_loop


@dataclass(frozen=True)
class TaskInfo:
    """One task. `state` is running, ready, waiting or failing; `since`: for how many seconds it has waited, None if it
    does not; `where`: the line it is at."""

    name: str
    state: str
    waits_on: str
    since: float | None
    where: str


def tasks(loop: Any = None) -> list[TaskInfo]:
    """The tasks of `loop` (default: this thread's) that have not ended, oldest first."""
    found = task_list.tasks(loop)
    return [TaskInfo(info.name, info.state, info.waits_on, info.since, _where(info.task.coro)) for info in found]


def _where(coro: Any) -> str:
    """File and line of the innermost await in Python code."""
    frame = None
    while coro is not None:
        frame = getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None) or frame
        coro = getattr(coro, "cr_await", None) or getattr(coro, "gi_yieldfrom", None)
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}" if frame else "?"


def listing(loop: Any = None) -> str:
    """`tasks` as a table."""
    found = task_list.tasks(loop)
    text = task_list.table(found, [("AT", [_where(info.task.coro) for info in found])])
    return str(text)


def list_on_signal(number: int | None = None, loop: Any = None) -> None:
    """Print the listing to stderr whenever signal `number` (default SIGUSR1) comes. Main thread only."""
    loop = get_event_loop() if loop is None else loop

    def show(number: int, frame: FrameType | None) -> None:
        print(listing(loop), file=sys.stderr, flush=True)

    signal.signal(signal.SIGUSR1 if number is None else number, show)
