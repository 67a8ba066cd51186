"""What a type checker knows of `pins`: the arguments of a PinCall's functions are checked."""

from collections.abc import Callable
from typing import Literal, overload

from typing_extensions import TypeVarTuple, Unpack

from .pin_irq import _Interrupting

_Rise = TypeVarTuple("_Rise")
_Fall = TypeVarTuple("_Fall")

LOOKS: int

class AsyncPin:
    @overload
    def __init__(self, pin: Callable[[], object], trigger: None = None, *, poll_ms: float = 10) -> None: ...
    @overload
    def __init__(self, pin: _Interrupting, trigger: int, *, poll_ms: float = 10) -> None: ...
    async def wait_edge(self) -> int: ...
    async def wait_level(self, level: bool | int) -> Literal[0, 1]: ...
    def deinit(self) -> None: ...

class PinCall:
    @overload
    def __init__(
        self,
        pin: Callable[[], object],
        *,
        cb_rise: Callable[[], object] | None = None,
        cbr_args: tuple[()] = (),
        cb_fall: Callable[[], object] | None = None,
        cbf_args: tuple[()] = (),
        poll_ms: float = 10,
    ) -> None: ...
    @overload
    def __init__(
        self,
        pin: Callable[[], object],
        *,
        cb_rise: Callable[[Unpack[_Rise]], object],
        cbr_args: tuple[Unpack[_Rise]],
        cb_fall: Callable[[], object] | None = None,
        cbf_args: tuple[()] = (),
        poll_ms: float = 10,
    ) -> None: ...
    @overload
    def __init__(
        self,
        pin: Callable[[], object],
        *,
        cb_rise: Callable[[], object] | None = None,
        cbr_args: tuple[()] = (),
        cb_fall: Callable[[Unpack[_Fall]], object],
        cbf_args: tuple[Unpack[_Fall]],
        poll_ms: float = 10,
    ) -> None: ...
    @overload
    def __init__(
        self,
        pin: Callable[[], object],
        *,
        cb_rise: Callable[[Unpack[_Rise]], object],
        cbr_args: tuple[Unpack[_Rise]],
        cb_fall: Callable[[Unpack[_Fall]], object],
        cbf_args: tuple[Unpack[_Fall]],
        poll_ms: float = 10,
    ) -> None: ...
    def deinit(self) -> None: ...
