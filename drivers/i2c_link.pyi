"""What a type checker knows of `i2c_link`."""

from typing import Any

from ..core.stream import Stream
from ..primitives.pin_irq import _Interrupting
from ..threadsafe.pipestream import RawPipe

HOLD: int
LONGEST: int
BREAK: int
SHORTEST: int
EPROTO: int

class Channel(RawPipe):
    rxbufsize: int
    timeout: float
    synchronised: bool
    lost: int
    bad: int
    naks: int
    nboots: int
    block_max: int
    block_sum: int
    block_cnt: int

    def __init__(self, i2c: Any, own: _Interrupting, rem: _Interrupting, verbose: bool) -> None: ...
    def stream(self) -> Stream: ...
    async def ready(self) -> None: ...
    async def flush(self) -> None: ...
    def close(self) -> None: ...
