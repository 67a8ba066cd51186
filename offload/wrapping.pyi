"""What a type checker knows of `wrapping`.

No type says "the methods of T, each awaited". So a method is known to be one, to be called and then awaited, but not
its name, arguments and result; `async with`, `async for` and `unwrap` are known by the object's own types.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from types import TracebackType
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, overload, type_check_only

from .iterating import iterate
from .job import Job
from .worker import Pool

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_E = TypeVar("_E")
_E_co = TypeVar("_E_co", covariant=True)

_Names: TypeAlias = tuple[str, ...] | list[str] | AbstractSet[str]  # not a str, which is an Iterable[str], too

@overload
def wrap(obj: _T, worker: Pool | None = None, *, wraps: _Names = (), batch: int = 64) -> Wrapped[_T]: ...
@overload
def wrap(
    obj: _T, worker: Pool | None, attributes: _Names, wraps: _Names = (), batch: int = 64
) -> _WithAttributes[_T]: ...
@overload
def wrap(
    obj: _T, worker: Pool | None = None, *, attributes: _Names, wraps: _Names = (), batch: int = 64
) -> _WithAttributes[_T]: ...
async def unwrap(wrapped: Wrapped[_T], timeout: float | None = None) -> _T: ...

@type_check_only
class _Enters(Protocol[_E_co]):
    def __enter__(self) -> _E_co: ...

@type_check_only
class _Exits(Protocol[_E_co]):
    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None, /
    ) -> _E_co: ...

class Wrapped(Generic[_T_co]):
    def __init__(
        self, obj: _T_co, worker: Pool, attributes: _Names, wraps: _Names, batch: int, own: bool
    ) -> None: ...
    def __getattr__(self, name: str) -> _Method: ...
    def __aiter__(self: Wrapped[Iterable[_E]]) -> iterate[_E]: ...
    @overload
    async def __aenter__(self: Wrapped[_Enters[None]]) -> None: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[int]]) -> int: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[float]]) -> float: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[str]]) -> str: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[bytes]]) -> bytes: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[_E]]) -> Wrapped[_E]: ...
    async def __aexit__(
        self: Wrapped[_Exits[_E]],
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> _E: ...

@type_check_only
class _WithAttributes(Wrapped[_T_co]):  # a Wrapped; which names are attributes is not known
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...
    @overload  # type: ignore[override]
    async def __aenter__(self: Wrapped[_Enters[None]]) -> None: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[int]]) -> int: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[float]]) -> float: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[str]]) -> str: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[bytes]]) -> bytes: ...  # type: ignore[overload-overlap]
    @overload
    async def __aenter__(self: Wrapped[_Enters[_E]]) -> _WithAttributes[_E]: ...

class _Method:
    wrapped: Wrapped[Any]
    name: str
    def __init__(self, wrapped: Wrapped[Any], name: str) -> None: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Job[Any]: ...
