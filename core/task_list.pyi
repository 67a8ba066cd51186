"""What a type checker knows of `task_list`."""

from collections.abc import Sequence
from typing import Any

from .loop import Loop
from .task import Task

_WORDS: dict[str, str]

class TaskInfo:
    task: Task[Any]
    name: str
    state: str
    waits_on: str
    since: float | None
    def __init__(self, task: Task[Any], state: str, waits_on: str, since: float | None) -> None: ...

def tasks(loop: Loop | None = None) -> list[TaskInfo]: ...
def listing(loop: Loop | None = None) -> str: ...
def table(infos: Sequence[TaskInfo], more: Sequence[tuple[str, Sequence[str]]]) -> str: ...
