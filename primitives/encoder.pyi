"""What a type checker knows of `encoder`: the callback takes the value, its change, and `args`."""

from collections.abc import AsyncIterator, Callable
from typing import overload

from typing_extensions import TypeVarTuple, Unpack

from ..core.loop import Loop

_Ts = TypeVarTuple("_Ts")

BOTH: int
STEPS: tuple[int, ...]
WRAP: int
LOOKS: int

class Encoder:
    loop: Loop

    @overload
    def __init__(
        self,
        pin_x: Callable[[], object],
        pin_y: Callable[[], object],
        v: int = 0,
        div: int = 1,
        vmin: int | None = None,
        vmax: int | None = None,
        mod: int | None = None,
        callback: Callable[[int, int], object] | None = None,
        args: tuple[()] = (),
        delay: float = 100,
        *,
        poll_ms: float = 1,
    ) -> None: ...
    @overload
    def __init__(
        self,
        pin_x: Callable[[], object],
        pin_y: Callable[[], object],
        v: int = 0,
        div: int = 1,
        vmin: int | None = None,
        vmax: int | None = None,
        mod: int | None = None,
        *,
        callback: Callable[[int, int, Unpack[_Ts]], object],
        args: tuple[Unpack[_Ts]],
        delay: float = 100,
        poll_ms: float = 1,
    ) -> None: ...
    @property
    def skipped(self) -> int: ...
    def value(self) -> int: ...
    def __aiter__(self) -> AsyncIterator[int]: ...
    def deinit(self) -> None: ...
