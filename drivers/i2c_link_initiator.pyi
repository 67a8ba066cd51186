"""What a type checker knows of `i2c_link_initiator`."""

from collections.abc import Callable
from typing import Any, Literal

from ..primitives.pin_irq import _Interrupting
from .i2c_link import Channel

GAP_MS: int
SETTLE_MS: int

class Initiator(Channel):
    t_poll: float
    boot_ms: float

    def __init__(
        self,
        i2c: Any,
        pin: _Interrupting,
        pinack: _Interrupting,
        reset: tuple[Any, int, float] | None = None,
        verbose: bool = True,
        cr_go: Callable[..., object] | Literal[False] = False,
        go_args: tuple[Any, ...] = (),
        cr_fail: Callable[..., object] | Literal[False] = False,
        f_args: tuple[Any, ...] = (),
    ) -> None: ...
    async def reboot(self) -> None: ...
