"""What a type checker knows of `i2c_link_responder`."""

from typing import Any

from ..primitives.pin_irq import _Interrupting
from .i2c_link import Channel

DOWN_MS: int

class Responder(Channel):
    addr: int

    def __init__(self, i2c: Any, pin: _Interrupting, pinack: _Interrupting, verbose: bool = True) -> None: ...
