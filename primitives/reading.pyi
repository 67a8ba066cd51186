"""What a type checker knows of `reading`."""

from array import array
from typing import Any

from ..core.stream import Stream

TURNS: int

class StreamReaderTo(Stream):
    async def readintotim(self, buf: bytearray | memoryview | array[Any], toutms: float) -> int: ...
