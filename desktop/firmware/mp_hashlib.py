"""`hashlib`: md5, sha1 and sha256. As on a board a digest is taken once, and a str will do where bytes are meant."""

from __future__ import annotations

import hashlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import buffer, module

if TYPE_CHECKING:
    from .world import World


class _Hash:
    _name = ""

    def __init__(self, data: Any = b"") -> None:
        self._hash = hashlib.new(self._name)
        self._final = False
        self.update(data)

    def update(self, data: Any) -> None:
        """ValueError after `digest`."""
        if self._final:
            raise ValueError("hash is final: on a board nothing goes with it after digest()")
        self._hash.update(buffer(data))

    def digest(self) -> bytes:
        """Once; ValueError then."""
        if self._final:
            raise ValueError("hash is final: on a board nothing goes with it after digest()")
        self._final = True
        return self._hash.digest()


def make(world: World) -> ModuleType:
    """`hashlib` for the application of one board."""
    kinds = {name: type(name, (_Hash,), {"_name": name}) for name in ("md5", "sha1", "sha256")}
    return module("hashlib", **kinds)
