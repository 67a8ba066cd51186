"""What a type checker knows of `spsc`: that its producer can't drop the oldest item."""

from typing import Literal, TypeAlias, TypeVar, overload

from .queue import ThreadSafeQueue, _Buffer

_T = TypeVar("_T")

_Overflow: TypeAlias = Literal["raise", "block", "drop_newest"]

def check_single(on: bool = True) -> None: ...

class SPSCQueue(ThreadSafeQueue[_T]):
    @overload
    def __init__(self, buf: int, overflow: _Overflow = "raise") -> None: ...
    @overload
    def __init__(self, buf: list[_T] | list[None], overflow: _Overflow = "raise") -> None: ...
    @overload
    def __init__(self, buf: _Buffer[_T], overflow: _Overflow = "raise") -> None: ...
