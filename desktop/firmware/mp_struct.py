"""`struct`, with MicroPython's errors, ValueError, and a board's sizes: a long and a pointer have 4 bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

THIRTY_TWO_BIT = str.maketrans("lLP", "iII")


def make(world: World) -> ModuleType:
    """`struct` for the application of one board."""

    def own(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(form: Any, *args: Any) -> Any:
            text = form if isinstance(form, str) else bytes(form).decode()
            try:
                return function(text if text[:1] in ("<", ">", "!") else text.translate(THIRTY_TWO_BIT), *args)
            except struct.error as error:
                raise ValueError(str(error)) from None

        return call

    names = ("calcsize", "pack", "pack_into", "unpack", "unpack_from")
    return module("struct", **{name: own(getattr(struct, name)) for name in names})
