"""What a type checker knows of `flashing`: a `heartbeat` that is not made a task is found."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, type_check_only

@type_check_only
class _Lamp(Protocol):  # a machine.Pin or a pyb.LED
    def toggle(self) -> object: ...
    def off(self) -> object: ...

def heartbeat(ms: float, led: _Lamp | Callable[[int], object] | None = None) -> Coroutine[Any, Any, None]: ...
