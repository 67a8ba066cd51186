"""`json`: as Python's, but bytes are written as text, and it reads what a board does."""

from __future__ import annotations

import json
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .json_reading import read
from .modules import module
from .mp_io import all_of, put_text

if TYPE_CHECKING:
    from .world import World


def _bytes(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    raise TypeError(f"a {type(value).__name__} has no JSON: a board would write its repr(), which nothing can read")


def make(world: World) -> ModuleType:
    """`json` for the application of one board."""

    def dumps(value: Any, separators: tuple[str, str] | None = None) -> str:
        return json.dumps(value, separators=separators, default=_bytes, ensure_ascii=False)

    def dump(value: Any, stream: Any, separators: tuple[str, str] | None = None) -> None:
        put_text(stream, dumps(value, separators))

    def loads(text: Any) -> Any:
        return read(text if isinstance(text, str) else bytes(text).decode())

    def load(stream: Any) -> Any:
        return loads(all_of(stream))

    return module("json", dump=dump, dumps=dumps, load=load, loads=loads)
