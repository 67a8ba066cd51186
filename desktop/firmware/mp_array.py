"""`array`, with a board's sizes: a long has 4 bytes."""

from __future__ import annotations

import array
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module
from .mp_struct import THIRTY_TWO_BIT
from .narrowing import narrowed, narrowed_to

if TYPE_CHECKING:
    from .world import World


class _Array(array.array):  # type: ignore[type-arg]
    def __new__(cls, typecode: str, initializer: Iterable[Any] = ()) -> _Array:
        if isinstance(initializer, str):
            initializer = initializer.encode()
        code = typecode.translate(THIRTY_TWO_BIT)
        if not isinstance(initializer, (bytes, bytearray, memoryview, array.array)):
            initializer = [narrowed_to(code, value) if type(value) is int else value for value in initializer]
        return super().__new__(cls, code, initializer)

    def append(self, value: Any) -> None:
        super().append(narrowed(value, self))


def make(world: World) -> ModuleType:
    """`array` for the application of one board."""
    kind = type("array", (_Array,), {"__module__": "array"})
    return module("array", array=kind)
