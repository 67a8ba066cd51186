"""`cryptolib`: aes in its modes ECB and CBC, by the package `cryptography`. What boards have it have `ssl` too."""

from __future__ import annotations

import importlib
import operator
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import buffer, module

if TYPE_CHECKING:
    from .world import World

ECB, CBC = 1, 2
BLOCK = 16
MISSING = (
    "no module named 'cryptolib': on the simulated board it needs the package cryptography: pip install cryptography"
)


class aes:
    """`aes(key, mode, IV)`: key, 16 or 32 bytes; mode, 1 for ECB, 2 for CBC, which goes on from call to call.

    One object encrypts or decrypts: ValueError if it is asked for both. Arguments have no names, as on a board.
    """

    def __init__(self, key: Any, mode: int, iv: Any = None, /) -> None:
        ciphers: Any = importlib.import_module("cryptography.hazmat.primitives.ciphers")
        if operator.index(mode) not in (ECB, CBC):
            raise ValueError(f"mode: 1 for ECB, 2 for CBC, not {mode!r}")
        key = _bytes(key)
        if len(key) not in (16, 32):
            raise ValueError(f"key: 16 or 32 bytes, not {len(key)}")
        start = None if iv is None else _bytes(iv)
        if (start is not None and len(start) != BLOCK) or (start is None and mode == CBC):
            raise ValueError(f"IV: {BLOCK} bytes, not {'none' if start is None else len(start)}")
        self._cipher = ciphers.Cipher(
            ciphers.algorithms.AES(key), ciphers.modes.CBC(start) if mode == CBC else ciphers.modes.ECB()
        )
        self._way = ""
        self._context: Any = None

    def encrypt(self, data: Any, out: Any = None, /) -> Any:
        """The data encrypted, in `out` if that is given. ValueError if they are no whole blocks of 16 bytes."""
        return self._process("encrypt", data, out)

    def decrypt(self, data: Any, out: Any = None, /) -> Any:
        """As `encrypt`."""
        return self._process("decrypt", data, out)

    def _process(self, way: str, data: Any, out: Any) -> Any:
        given = _bytes(data)
        if len(given) % BLOCK:
            raise ValueError(f"blksize % 16: whole blocks of {BLOCK} bytes, not {len(given)} bytes")
        if self._way not in ("", way):
            raise ValueError("can't encrypt & decrypt with one aes: make another")
        if out is not None and len(out) < len(given):
            raise ValueError(f"output too small: {len(out)} bytes for {len(given)}")
        if self._context is None:
            self._way = way
            self._context = self._cipher.encryptor() if way == "encrypt" else self._cipher.decryptor()
        done = self._context.update(given)
        if out is None:
            return done
        memoryview(out).cast("B")[: len(done)] = done
        return out


def _bytes(data: Any) -> bytes:
    try:
        return bytes(memoryview(buffer(data)).cast("B"))
    except TypeError:
        raise TypeError(f"object with buffer protocol required, not {type(data).__name__}") from None


def make(world: World) -> ModuleType:
    """`cryptolib` for the application of one board. ImportError without `cryptography`."""
    try:
        importlib.import_module("cryptography")
    except ImportError:
        raise ImportError(MISSING, name="cryptolib") from None
    return module("cryptolib", aes=aes)
