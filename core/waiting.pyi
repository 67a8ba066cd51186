"""What a type checker knows of `waiting`: the tasks' results, and the three words of `wait`."""

from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable, Iterator
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar, type_check_only

from .task import Task

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_ReturnWhen: TypeAlias = Literal["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"]

FIRST_COMPLETED: Final = "FIRST_COMPLETED"
FIRST_EXCEPTION: Final = "FIRST_EXCEPTION"
ALL_COMPLETED: Final = "ALL_COMPLETED"

@type_check_only
class _Ending(Protocol[_T_co]):  # iterated either way
    def __iter__(self) -> Iterator[Coroutine[Any, Any, _T_co]]: ...
    def __aiter__(self) -> AsyncIterator[Task[_T_co]]: ...

async def wait(
    aws: Iterable[Task[_T]], *, timeout: float | None = None, return_when: _ReturnWhen = "ALL_COMPLETED"
) -> tuple[set[Task[_T]], set[Task[_T]]]: ...
def as_completed(aws: Iterable[Awaitable[_T]], *, timeout: float | None = None) -> _Ending[_T]: ...
