"""What a type checker knows of `pushbutton`: the arguments of its functions are checked."""

from collections.abc import Callable
from typing import Literal, overload

from typing_extensions import TypeVarTuple, Unpack

from ..core.event import Event
from .contact import Contact
from .reactions import Reacting

_Ts = TypeVarTuple("_Ts")

class Pushbutton(Reacting):
    long_press_ms: float
    double_click_ms: float
    press: Event | None  # once they are asked for
    release: Event | None
    double: Event | None
    long: Event | None

    def __init__(
        self,
        pin: Callable[[], object],
        suppress: bool = False,
        sense: int | None = None,
        *,
        poll_ms: float | None = None,
    ) -> None: ...
    @overload
    def press_func(self, func: Callable[[], object] | Literal[False] | None = False, args: tuple[()] = ()) -> None: ...
    @overload
    def press_func(self, func: Callable[[Unpack[_Ts]], object], args: tuple[Unpack[_Ts]]) -> None: ...
    @overload
    def release_func(
        self, func: Callable[[], object] | Literal[False] | None = False, args: tuple[()] = ()
    ) -> None: ...
    @overload
    def release_func(self, func: Callable[[Unpack[_Ts]], object], args: tuple[Unpack[_Ts]]) -> None: ...
    @overload
    def double_func(self, func: Callable[[], object] | Literal[False] | None = False, args: tuple[()] = ()) -> None: ...
    @overload
    def double_func(self, func: Callable[[Unpack[_Ts]], object], args: tuple[Unpack[_Ts]]) -> None: ...
    @overload
    def long_func(self, func: Callable[[], object] | Literal[False] | None = False, args: tuple[()] = ()) -> None: ...
    @overload
    def long_func(self, func: Callable[[Unpack[_Ts]], object], args: tuple[Unpack[_Ts]]) -> None: ...
    def __call__(self) -> bool: ...
    def happened(self, key: int, what: int) -> None: ...

class EButton(Contact):
    long_press_ms: float
    double_click_ms: float
    press: Event
    release: Event
    double: Event
    long: Event

    def __init__(
        self,
        pin: Callable[[], object],
        suppress: bool = False,
        sense: int | None = None,
        *,
        poll_ms: float | None = None,
    ) -> None: ...
    def __call__(self) -> bool: ...
    def happened(self, key: int, what: int) -> None: ...
