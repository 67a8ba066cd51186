"""What a type checker knows of `job`: awaiting a Job gives what its function returns."""

from collections.abc import Awaitable, Callable, Generator
from contextvars import Context
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, type_check_only

from ..core.task import Task, Wait
from .options import Options

_T_co = TypeVar("_T_co", covariant=True)

_OnCancel: TypeAlias = Literal["wait", "abandon", "signal"]

NEW: int
QUEUED: int
ENDED: int
WORDS: tuple[_OnCancel, ...]

class WorkerClosed(RuntimeError): ...
class JobCancelled(RuntimeError): ...

def check_on_cancel(word: _OnCancel) -> _OnCancel: ...

@type_check_only
class _Limited(Awaitable[_T_co], Protocol[_T_co]):  # the same job, or an options.Insisting
    def options(
        self,
        timeout: float | None = None,
        on_cancel: _OnCancel | None = None,
        dropped: Callable[[Any, BaseException | None], object] | None = None,
        progress: Callable[..., object] | None = None,
    ) -> _Limited[_T_co]: ...
    def start(self) -> None: ...

class Job(Wait[_T_co], Awaitable[_T_co]):
    pool: Any
    func: Callable[..., _T_co]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    state: int
    result: Any
    error: BaseException | None
    expired: bool
    taken: bool
    cancelled: bool
    kept: bool
    rung: bool
    limits: Options | None
    context: Context | None
    queue: Any

    def __init__(
        self, pool: Any, func: Callable[..., _T_co], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None: ...
    def __await__(self) -> Generator[Any, Any, _T_co]: ...
    def options(
        self,
        timeout: float | None = None,
        on_cancel: _OnCancel | None = None,
        dropped: Callable[[Any, BaseException | None], object] | None = None,
        progress: Callable[..., object] | None = None,
    ) -> _Limited[_T_co]: ...
    def start(self) -> None: ...
    def withdraw(self) -> bool: ...
    def claim(self) -> bool: ...
    def run(self, slot: Any = None) -> None: ...
    def finish(self, result: Any, error: BaseException | None) -> None: ...
    def fail(self, error: BaseException) -> None: ...
    def ended(self) -> bool: ...
    def describe(self) -> str: ...
    def report_late(self) -> None: ...
    # For the scheduler.
    def attempt(self) -> _T_co | Any: ...  # or PENDING
    def park(self, task: Task[Any]) -> None: ...
    def answer(self) -> None: ...
    def expire(self, task: Task[Any]) -> None: ...
    def unpark(self, task: Task[Any]) -> bool: ...
