"""What a type checker knows of `switch`: the arguments of its functions are checked."""

from collections.abc import Callable
from typing import Literal, overload

from typing_extensions import TypeVarTuple, Unpack

from ..core.event import Event
from .contact import Contact
from .reactions import Reacting

_Ts = TypeVarTuple("_Ts")

class Switch(Reacting):
    close: Event | None  # once they are asked for
    open: Event | None

    def __init__(self, pin: Callable[[], object], *, poll_ms: float | None = None) -> None: ...
    @overload
    def close_func(self, func: Callable[[], object] | Literal[False] | None, args: tuple[()] = ()) -> None: ...
    @overload
    def close_func(self, func: Callable[[Unpack[_Ts]], object], args: tuple[Unpack[_Ts]]) -> None: ...
    @overload
    def open_func(self, func: Callable[[], object] | Literal[False] | None, args: tuple[()] = ()) -> None: ...
    @overload
    def open_func(self, func: Callable[[Unpack[_Ts]], object], args: tuple[Unpack[_Ts]]) -> None: ...
    def __call__(self) -> Literal[0, 1]: ...

class ESwitch(Contact):
    close: Event
    open: Event

    def __init__(
        self, pin: Callable[[], object], lopen: int | None = 1, *, poll_ms: float | None = None
    ) -> None: ...
    def __call__(self) -> Literal[0, 1]: ...
