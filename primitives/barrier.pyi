"""What a type checker knows of `barrier`: `result()` is what the function returns, or the Task that runs it."""

from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, TypeVar, overload

from typing_extensions import TypeVarTuple, Unpack

from ..core.task import Task

_T = TypeVar("_T")
_R_co = TypeVar("_R_co", covariant=True)
_Ts = TypeVarTuple("_Ts")

class BrokenBarrierError(RuntimeError): ...

class Barrier(Generic[_R_co]):
    parties: int
    broken: bool

    @overload
    def __init__(self: Barrier[None], participants: int, func: None = None, args: tuple[Any, ...] = ()) -> None: ...
    @overload
    def __init__(
        self: Barrier[Task[_T] | None],
        participants: int,
        func: Callable[[], Coroutine[Any, Any, _T]],
        args: tuple[()] = (),
    ) -> None: ...
    @overload
    def __init__(
        self: Barrier[Task[_T] | None],
        participants: int,
        func: Callable[[Unpack[_Ts]], Coroutine[Any, Any, _T]],
        args: tuple[Unpack[_Ts]],
    ) -> None: ...
    @overload
    def __init__(
        self: Barrier[_T | None], participants: int, func: Callable[[], _T], args: tuple[()] = ()
    ) -> None: ...
    @overload
    def __init__(
        self: Barrier[_T | None], participants: int, func: Callable[[Unpack[_Ts]], _T], args: tuple[Unpack[_Ts]]
    ) -> None: ...
    @property
    def n_waiting(self) -> int: ...
    def busy(self) -> bool: ...
    def result(self) -> _R_co: ...
    def wait(self) -> Coroutine[Any, Any, int]: ...
    def trigger(self) -> bool: ...
    def reset(self) -> Awaitable[None]: ...  # these two may be awaited, and need not
    def abort(self) -> Awaitable[None]: ...
    def __await__(self) -> Generator[Any, Any, int]: ...
    def __aenter__(self) -> Awaitable[int]: ...
    def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> Awaitable[None]: ...
