"""What a type checker knows of `calling`."""

from collections.abc import Callable
from typing import Any

from ..core.task import Task

def call(func: Callable[..., object], args: tuple[Any, ...]) -> None: ...
def end(task: Task[Any]) -> None: ...
