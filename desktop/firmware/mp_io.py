"""`io`: streams in memory, files, and the base class of streams written in Python, which adds nothing of its own."""

from __future__ import annotations

import io
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module, room, written

if TYPE_CHECKING:
    from .world import World


class IOBase:
    """What has `ioctl`, `readinto` and `write` derives from it. Python's own would close it when it is collected."""


def put_text(stream: Any, text: str) -> None:
    """Write `text` to a stream of the application's: to one written in Python bytes, as a board does."""
    stream.write(bytearray(text.encode()) if isinstance(stream, IOBase) else text)


def all_of(stream: Any) -> Any:
    """What is left to be read in a stream of the application's, which may have `readinto` only."""
    if hasattr(stream, "read"):
        return stream.read()
    data, room = bytearray(), bytearray(64)
    while count := stream.readinto(room):
        data += room[:count]
    return data


class BytesIO(io.BytesIO):
    """Bytes in memory. It is written text, too. A number in place of what is in it is room, and nothing is in it."""

    def __init__(self, initial: Any = b"") -> None:
        super().__init__(b"" if isinstance(initial, int) else initial)

    def write(self, data: Any, *limits: int) -> int:
        return super().write(written(data, limits))

    def readinto(self, buf: Any, *limits: int) -> int:
        return super().readinto(room(buf, limits))


class StringIO(io.StringIO):
    """Text in memory. It is written bytes, too. A number in place of what is in it is room, and nothing is in it."""

    def __init__(self, initial: Any = "") -> None:
        super().__init__("" if isinstance(initial, int) else initial, newline="")

    def write(self, data: Any, *limits: int) -> int:
        is_all = isinstance(data, str) and not limits
        return super().write(data if is_all else bytes(written(data, limits)).decode())


def make(world: World) -> ModuleType:
    """`io` for the application of one board."""
    return module("io", BytesIO=BytesIO, IOBase=IOBase, StringIO=StringIO, open=world.mounts.open)
