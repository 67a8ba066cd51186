"""What a type checker knows of `events`: a WaitAny gives one of its members, an ELO's task what its function gives."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload, type_check_only

from ..core.task import Task

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_P = ParamSpec("_P")

@type_check_only
class _EventLike(Protocol):
    def wait(self) -> Awaitable[Any]: ...

_E_co = TypeVar("_E_co", bound=_EventLike, covariant=True)
_A = TypeVar("_A", bound=_EventLike)
_B = TypeVar("_B", bound=_EventLike)
_C = TypeVar("_C", bound=_EventLike)
_D = TypeVar("_D", bound=_EventLike)

class WaitAny(Generic[_E_co]):
    elos: tuple[_E_co, ...]

    @overload
    def __init__(self: WaitAny[_A | _B], elos: tuple[_A, _B]) -> None: ...
    @overload
    def __init__(self: WaitAny[_A | _B | _C], elos: tuple[_A, _B, _C]) -> None: ...
    @overload
    def __init__(self: WaitAny[_A | _B | _C | _D], elos: tuple[_A, _B, _C, _D]) -> None: ...
    @overload
    def __init__(self: WaitAny[_A], elos: Iterable[_A]) -> None: ...
    @overload  # it does match: more of them, of types that have nothing in common
    def __init__(  # type: ignore[overload-cannot-match]
        self: WaitAny[_EventLike], elos: Iterable[_EventLike]
    ) -> None: ...
    def clear(self) -> None: ...
    def wait(self) -> Coroutine[Any, Any, _E_co]: ...
    def event(self) -> _E_co | None: ...

class WaitAll:
    elos: tuple[_EventLike, ...]

    def __init__(self, elos: Iterable[_EventLike]) -> None: ...
    def clear(self) -> None: ...
    def wait(self) -> Coroutine[Any, Any, None]: ...

class ELO(Generic[_T_co]):
    @overload
    def __init__(self, coro: Awaitable[_T_co]) -> None: ...  # a Task, or a coroutine
    @overload
    def __init__(self, coro: Callable[_P, Awaitable[_T_co]], *args: _P.args, **kwargs: _P.kwargs) -> None: ...
    def wait(self) -> Coroutine[Any, Any, None]: ...
    def __call__(self) -> Task[_T_co]: ...  # once it was cancelled a CancelledError, which nobody awaits
