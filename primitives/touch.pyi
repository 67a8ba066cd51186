"""What a type checker knows of `touch`."""

from typing import Any

from .pushbutton import Pushbutton

class ESP32Touch(Pushbutton):
    @classmethod
    def threshold(cls, val: int) -> None: ...
    def __init__(self, pin: Any, suppress: bool = False, *, poll_ms: float | None = None) -> None: ...
