"""`platform`."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from .modules import module
from .mp_sys import VERSION

if TYPE_CHECKING:
    from .world import World


def make(world: World) -> ModuleType:
    """`platform` for the application of one board."""
    text = f"MicroPython-{'.'.join(map(str, VERSION[:3]))}-simulated-{world.board.kind.name}"
    return module(
        "platform", libc_ver=lambda: ("", ""), platform=lambda: text, python_compiler=lambda: "a desktop's CPython"
    )
