"""What a type checker knows of `nec_ir`: the callback takes data, address, and `args`."""

from collections.abc import Callable

from typing_extensions import TypeVarTuple, Unpack

from ..primitives.pin_irq import _Interrupting

_Ts = TypeVarTuple("_Ts")

SILENCE: int
LOOK_MS: int
LONGEST: int
EDGES: int
ENDLESS: int
WRAP: int

class NEC_IR:
    REPEAT: int
    BADSTART: int
    BADBLOCK: int
    BADREP: int
    OVERRUN: int
    BADDATA: int
    BADADDR: int
    errors: int
    address: int

    def __init__(
        self,
        pin: _Interrupting,
        callback: Callable[[int, int, Unpack[_Ts]], object],
        extended: bool = False,
        *args: Unpack[_Ts],
    ) -> None: ...
    def deinit(self) -> None: ...
