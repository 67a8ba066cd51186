"""`re`: CPython's, but that `$` is the end of the text only, as with MicroPython, not before a last newline too."""

from __future__ import annotations

import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

TEXT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]|\$", re.S)  # what is escaped, a class of characters, or a `$`
DATA = re.compile(TEXT.pattern.encode(), re.S)


def _pattern(given: Any) -> Any:
    if isinstance(given, str):
        return TEXT.sub(lambda found: r"\Z" if found[0] == "$" else found[0], given)
    if isinstance(given, bytes):
        return DATA.sub(lambda found: rb"\Z" if found[0] == b"$" else found[0], given)
    return given  # compiled already


def compile(pattern: Any, flags: int = 0) -> Any:
    return re.compile(_pattern(pattern), flags)


def match(pattern: Any, text: Any, flags: int = 0) -> Any:
    return re.match(_pattern(pattern), text, flags)


def search(pattern: Any, text: Any, flags: int = 0) -> Any:
    return re.search(_pattern(pattern), text, flags)


def sub(pattern: Any, replace: Any, text: Any, count: int = 0, flags: int = 0) -> Any:
    return re.sub(_pattern(pattern), replace, text, count=count, flags=flags)


def make(world: World) -> ModuleType:
    """`re` for the application of one board."""
    return module("re", compile=compile, match=match, search=search, sub=sub)
