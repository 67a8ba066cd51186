"""`io`: streams in memory, files, and the base class of streams written in Python, which adds nothing of its own."""

from __future__ import annotations

import io
from types import ModuleType
from typing import TYPE_CHECKING

from .modules import module

if TYPE_CHECKING:
    from .world import World


class IOBase:
    """What has `ioctl`, `readinto` and `write` derives from it. Python's own would close it when it is collected."""


def make(world: World) -> ModuleType:
    """`io` for the application of one board."""
    return module("io", BytesIO=io.BytesIO, IOBase=IOBase, StringIO=io.StringIO, open=world.mounts.open)
