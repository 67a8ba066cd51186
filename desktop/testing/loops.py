"""The loop that a thread has while it takes part in a test's board: one of its own, and none of it is left."""

from __future__ import annotations

from typing import Any

from twincore.core import context, native

from .. import ps

_mine: Any = native.own  # type: ignore[attr-defined]
_set: Any = native.set_own  # type: ignore[attr-defined]


def own() -> Any:
    """The calling thread's loop, which it has from now on if it had none."""
    loop = _mine()
    return context.new_event_loop() if loop is None else loop


def lay_aside() -> Any:
    """The calling thread's loop, which it has no more until `put_back`: a new one goes by the board's clock."""
    before = _mine()
    _set(None)
    return before


def tasks_left() -> list[str]:
    """The tasks of the calling thread's loop that have not ended, in words: what each is, and its line.

    Not those that are cancelled, and only had no turn since.
    """
    loop = _mine()
    if loop is None:
        return []
    tasks = [task for task in ps.tasks(loop) if not (task.state == "failing" and "CancelledError" in task.waits_on)]
    return [f"a task: {task.name}, {task.state} at {task.where}" for task in tasks]


def end_own() -> None:
    """Close the calling thread's loop."""
    loop = _mine()
    if loop is not None and not loop.running:
        loop.close()
        _set(None)


def put_back(before: Any) -> None:
    """Close the calling thread's loop, and give it the one that `lay_aside` returned."""
    end_own()
    if before is not None:
        context._adopt(before)
