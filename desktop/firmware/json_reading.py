"""Reading JSON as MicroPython does, which is content with less than CPython is.

A comma and a colon are spaces there, either bracket ends either container, and the outermost one may lack its end: of a
message that was cut off at `{"a": 1` a board makes {"a": 1}, without an error.
"""

from __future__ import annotations

import re
from typing import Any

SPACE = re.compile(r"[ \t\n\r,:]*")
END = re.compile(r"[ \t\n\r]*\Z")
NUMBER = re.compile(r"[-0-9][-+.eE0-9]*")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
ESCAPE = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\.", re.S)
WORDS = {"null": None, "true": True, "false": False}
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
NOTHING: Any = object()


def read(text: str) -> Any:
    """The value in `text`. ValueError where a board finds none, with the place."""
    at = SPACE.match(text).end()  # type: ignore[union-attr]  # it always matches
    value, at = _item(text, at)
    if isinstance(value, (list, dict)):
        at = _fill(text, at, value)
    if END.match(text, at) is None:
        raise _error(at, "more than one value")
    return value


def _fill(text: str, at: int, outermost: Any) -> int:
    """Put what follows into the outermost container, and those within; returns where that ends."""
    containers = [outermost]
    key: Any = NOTHING
    while True:
        at = SPACE.match(text, at).end()  # type: ignore[union-attr]
        if at == len(text):
            if len(containers) > 1:
                raise _error(at, "it ends within a value")
            return at
        if text[at] in "]}":
            at += 1
            containers.pop()
            if not containers:
                return at
            key = NOTHING
            continue
        value, at = _item(text, at)
        within = containers[-1]
        if isinstance(within, list):
            within.append(value)
        elif key is NOTHING:
            if isinstance(value, (list, dict)):
                raise _error(at, "a list or an object is no key")
            key = value
            continue
        else:
            within[key], key = value, NOTHING
        if isinstance(value, (list, dict)):
            containers.append(value)


def _item(text: str, at: int) -> tuple[Any, int]:
    """The value that begins there, empty if it is a container; and where the rest begins."""
    first = text[at : at + 1]
    if first in ("[", "{"):
        return ([] if first == "[" else {}), at + 1
    for word, value in WORDS.items():
        if text.startswith(word, at):
            return value, at + len(word)
    string = STRING.match(text, at)
    if string is not None:
        return ESCAPE.sub(_escaped, string[1]), string.end()
    number = NUMBER.match(text, at)
    if number is None:
        raise _error(at, "no value")
    try:
        digits = number[0]
        return (float(digits) if re.search("[.eE]", digits) else int(digits)), number.end()
    except ValueError:
        raise _error(at, f"{number[0]} is no number") from None


def _escaped(found: re.Match[str]) -> str:
    escape = found[0]
    if escape[1] != "u":
        return LETTERS.get(escape[1], escape[1])
    if len(escape) == 2:
        raise _error(found.start(), "4 digits follow \\u")
    units = bytes.fromhex(escape.replace("\\u", ""))
    return units.decode("utf-16-be", "surrogatepass")


def _error(at: int, what: str) -> ValueError:
    return ValueError(f"syntax error in JSON: {what}, at character {at}")
