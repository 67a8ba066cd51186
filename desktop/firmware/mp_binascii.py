"""`binascii`: as Python's, but a str will do where bytes are meant."""

from __future__ import annotations

import binascii
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import buffer, module

if TYPE_CHECKING:
    from .world import World


def make(world: World) -> ModuleType:
    """`binascii` for the application of one board."""

    def hexlify(data: Any, sep: Any = None) -> bytes:
        return binascii.hexlify(buffer(data)) if sep is None else binascii.hexlify(buffer(data), buffer(sep))

    def b2a_base64(data: Any, *, newline: bool = True) -> bytes:
        return binascii.b2a_base64(buffer(data), newline=newline)

    def crc32(data: Any, value: int = 0) -> int:
        return binascii.crc32(buffer(data), value)

    return module(
        "binascii",
        a2b_base64=binascii.a2b_base64,
        b2a_base64=b2a_base64,
        crc32=crc32,
        hexlify=hexlify,
        unhexlify=binascii.unhexlify,
    )
