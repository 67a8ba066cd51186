"""What a type checker knows of `worker`: a job gives what its function returns, and its arguments are checked."""

from _thread import LockType
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from types import TracebackType
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, type_check_only

from typing_extensions import Self

from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.semaphore import ThreadSafeSemaphore
from .job import Job, WorkerClosed, _OnCancel
from .line import JobLine, Slot

_T = TypeVar("_T")
_P = ParamSpec("_P")

RP2: bool
IDLE: int

@type_check_only
class _Client(Protocol):  # of dask.distributed
    def get_executor(self) -> Any: ...

class Pool(JobLine):
    name: str
    size: int
    stack_size: int
    timeout: float | None
    on_cancel: _OnCancel
    slots: list[Slot]
    abandoned: int
    on_loan: bool
    gone: str | None
    _lock: LockType
    _ended: Any
    _remote: Any

    def __init__(
        self,
        size: int,
        name: str | None = None,
        qsize: int = 1024,
        stack_size: int = 0,
        idle: float | None = 10,
        limiter: ThreadSafeSemaphore | None = None,
        timeout: float | None = None,
        on_cancel: _OnCancel = "abandon",
        executor: Literal["process", "interpreter", "dask"] | Executor | _Client | None = None,
    ) -> None: ...
    def assign(self, func: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Job[_T]: ...
    def statistics(self) -> dict[str, float]: ...
    def submit(self, job: Job[Any]) -> bool: ...
    def close(self, timeout: float | None = None, drain: bool = True) -> Coroutine[Any, Any, None]: ...
    def ended(self) -> ThreadSafeEvent: ...
    def closed(self) -> bool: ...
    def shut(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None: ...
    def refusal(self, job: Job[Any]) -> WorkerClosed: ...
    def note_abandoned(self) -> None: ...
    def check_options(self, on_cancel: _OnCancel, progress: Callable[..., object] | None) -> None: ...
    def afterwards(self, fn: Callable[..., object], args: tuple[Any, ...]) -> None: ...
    def report(self, message: str, error: BaseException) -> None: ...
    def start_another(self) -> bool: ...
    def _withdraw_queued(self) -> None: ...
    def serve(self, slot: Slot) -> None: ...

class Worker(Pool):
    def __init__(
        self,
        name: str | None = None,
        qsize: int = 10,
        stack_size: int = 0,
        limiter: ThreadSafeSemaphore | None = None,
        timeout: float | None = None,
        on_cancel: _OnCancel = "abandon",
    ) -> None: ...

def Context(qsize: int = 10) -> Worker: ...
