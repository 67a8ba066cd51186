"""`re`: CPython's, but for what MicroPython's does otherwise.

There `$` is the end of the text only, not before a last newline too; a `.` is any character, a newline too; a pattern
looks into text and bytes alike; and one that is none is a ValueError.
"""

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
    return given


class Pattern:
    """What `re.compile` gives: it looks into text and bytes alike."""

    def __init__(self, pattern: str | bytes) -> None:
        self._given = pattern
        self._compiled: dict[bool, Any] = {}  # for bytes, or not
        self._for(pattern)

    def _for(self, text: Any) -> Any:
        """CPython's own, of the kind that `text` is. ValueError if the pattern is none."""
        wants_bytes = not isinstance(text, str)
        if wants_bytes not in self._compiled:
            pattern = _pattern(_alike(self._given, text))
            try:
                self._compiled[wants_bytes] = re.compile(pattern, re.S)
            except re.error as error:
                raise ValueError(f"error in regex {self._given!r}: {error}") from None
        return self._compiled[wants_bytes]

    def match(self, text: Any, *where: int) -> Any:
        return self._for(text).match(text, *where)

    def search(self, text: Any, *where: int) -> Any:
        return self._for(text).search(text, *where)

    def sub(self, replace: Any, text: Any, count: int = 0, flags: int = 0) -> Any:
        return self._for(text).sub(replace if callable(replace) else _alike(replace, text), text, count)

    def split(self, text: Any, maxsplit: int = 0) -> Any:
        return self._for(text).split(text, maxsplit)


def _alike(given: Any, text: Any) -> Any:
    """`given` as text, or as bytes, as `text` is."""
    if isinstance(text, str):
        return given.decode() if isinstance(given, bytes) else given
    return given.encode() if isinstance(given, str) else given


def compile(pattern: Any, flags: int = 0) -> Any:
    """ValueError for what is no pattern. `flags` are for debugging, and change nothing here."""
    if isinstance(pattern, Pattern):
        return pattern
    if not isinstance(pattern, (str, bytes)):
        raise TypeError(f"can't convert {type(pattern).__name__!r} object to str implicitly")
    return Pattern(pattern)


def match(pattern: Any, text: Any, flags: int = 0) -> Any:
    return compile(pattern).match(text)


def search(pattern: Any, text: Any, flags: int = 0) -> Any:
    return compile(pattern).search(text)


def sub(pattern: Any, replace: Any, text: Any, count: int = 0, flags: int = 0) -> Any:
    return compile(pattern).sub(replace, text, count)


def make(world: World) -> ModuleType:
    """`re` for the application of one board."""
    return module("re", compile=compile, match=match, search=search, sub=sub)
