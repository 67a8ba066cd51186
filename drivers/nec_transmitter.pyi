"""What a type checker knows of `nec_transmitter`."""

from collections.abc import Callable
from typing import Any, Literal, Protocol, type_check_only

from ..offload.worker import Worker

@type_check_only
class _PWM(Protocol):
    @property
    def duty_u16(self) -> Callable[[int], Any]: ...

THIRD: int

class NECTransmitter:
    sent: int

    def __init__(
        self, output: _PWM | Callable[[int], object], worker: Worker, mark: Literal[0, 1] = 1
    ) -> None: ...
    async def send(self, address: int, data: int, extended: bool | None = None) -> None: ...
    async def hold(self, address: int, data: int, ms: float, extended: bool | None = None) -> None: ...
