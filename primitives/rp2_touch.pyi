"""What a type checker knows of `rp2_touch`."""

from typing import Any

from .pushbutton import Pushbutton

READINGS: int
LOOKS: int
MOST: int
HZ: int
DRIFT: int
PER_PIO: int

class RP2Touch(Pushbutton):
    @classmethod
    def config(cls, thresh: int = 5, start_sm: int = 0, freq: int = 500) -> None: ...
    def __init__(self, pin_sense: Any, suppress: bool = False) -> None: ...
    def value(self) -> tuple[int, int]: ...
