"""`collections`: namedtuple, OrderedDict, and a deque that has a length always."""

from __future__ import annotations

import collections
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

CHECK = 1  # of the flags


class deque(collections.deque[Any]):
    """`deque(iterable, maxlen[, flags])`: beyond that the other end is lost, with flags=1 IndexError."""

    def __init__(self, iterable: Iterable[Any], maxlen: int, flags: int = 0) -> None:
        if maxlen is None or maxlen < 0:
            raise ValueError(f"a deque holds 0 or more, not {maxlen}")
        super().__init__((), maxlen)
        self._checked = flags & CHECK
        self.extend(iterable)

    def append(self, value: Any) -> None:
        self._check()
        super().append(value)

    def appendleft(self, value: Any) -> None:
        self._check()
        super().appendleft(value)

    def extend(self, values: Iterable[Any]) -> None:
        for value in values:
            self.append(value)

    def _check(self) -> None:
        if self._checked and len(self) == self.maxlen:
            raise IndexError("full")


def make(world: World) -> ModuleType:
    """`collections` for the application of one board."""
    return module(
        "collections", OrderedDict=collections.OrderedDict, deque=deque, namedtuple=collections.namedtuple
    )
