"""What a type checker knows of `inbox`."""

from collections.abc import Callable
from typing import Any

from ..core.loop import Loop

class LoopClosed(RuntimeError): ...

class Call:
    loop: Loop

    def __init__(self, loop: Loop, fn: Callable[..., object], args: tuple[Any, ...]) -> None: ...
    def cancel(self) -> bool: ...
    def cancelled(self) -> bool: ...
