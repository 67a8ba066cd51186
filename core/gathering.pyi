"""What a type checker knows of `gathering`: the results, one by one, of up to five.

What is returned is a list. That it has so many items, each of its own type, only a tuple's type can say: so it is here.
"""

from collections.abc import Awaitable
from typing import Literal, TypeVar, overload

_T = TypeVar("_T")
_T1 = TypeVar("_T1")
_T2 = TypeVar("_T2")
_T3 = TypeVar("_T3")
_T4 = TypeVar("_T4")
_T5 = TypeVar("_T5")

@overload
async def gather(a1: Awaitable[_T1], /, *, return_exceptions: Literal[False] = False) -> tuple[_T1]: ...  # type: ignore[overload-overlap]
@overload
async def gather(  # type: ignore[overload-overlap]
    a1: Awaitable[_T1], a2: Awaitable[_T2], /, *, return_exceptions: Literal[False] = False
) -> tuple[_T1, _T2]: ...
@overload
async def gather(  # type: ignore[overload-overlap]
    a1: Awaitable[_T1], a2: Awaitable[_T2], a3: Awaitable[_T3], /, *, return_exceptions: Literal[False] = False
) -> tuple[_T1, _T2, _T3]: ...
@overload
async def gather(  # type: ignore[overload-overlap]
    a1: Awaitable[_T1],
    a2: Awaitable[_T2],
    a3: Awaitable[_T3],
    a4: Awaitable[_T4],
    /,
    *,
    return_exceptions: Literal[False] = False,
) -> tuple[_T1, _T2, _T3, _T4]: ...
@overload
async def gather(  # type: ignore[overload-overlap]
    a1: Awaitable[_T1],
    a2: Awaitable[_T2],
    a3: Awaitable[_T3],
    a4: Awaitable[_T4],
    a5: Awaitable[_T5],
    /,
    *,
    return_exceptions: Literal[False] = False,
) -> tuple[_T1, _T2, _T3, _T4, _T5]: ...
@overload
async def gather(*aws: Awaitable[_T], return_exceptions: Literal[False] = False) -> list[_T]: ...
@overload
async def gather(*aws: Awaitable[_T], return_exceptions: bool) -> list[_T | BaseException]: ...
