"""What a type checker knows of `taskgroup`: TaskGroupError is an ExceptionGroup where Python has one."""

import builtins
import sys
from collections.abc import Awaitable, Generator
from contextvars import Context
from types import TracebackType
from typing import Any, TypeVar

from typing_extensions import Self

from .task import Task, Wait

_T = TypeVar("_T")

MESSAGE: str

if sys.version_info >= (3, 11):
    TaskGroupError = builtins.ExceptionGroup
else:
    class TaskGroupError(Exception):
        message: str
        exceptions: tuple[BaseException, ...]
        def __init__(self, message: str, exceptions: Any) -> None: ...

class TaskGroup(Wait[None]):
    def __init__(self) -> None: ...
    def create_task(
        self,
        coro: Awaitable[_T] | Generator[Any, Any, _T],
        *,
        name: object = None,
        context: Context | None = None,
    ) -> Task[_T]: ...
    def child_done(self, task: Task[Any]) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None: ...
