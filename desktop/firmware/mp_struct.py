"""`struct`, as lenient as MicroPython's, with its errors, ValueError, and a board's sizes: a long has 4 bytes.

Numbers that are too large are packed with their low bits, missing ones as 0; a buffer may be longer than what is
unpacked, and text stands for its bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from functools import wraps
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module
from .narrowing import SIGNED, UNSIGNED, narrowed_to

if TYPE_CHECKING:
    from .world import World

THIRTY_TWO_BIT = str.maketrans("lLP", "iII")
ORDERS = "@=<>!"
PART = re.compile(r"(\d*)([a-zA-Z?])")


def _form_of(form: Any) -> str:
    text = form if isinstance(form, str) else bytes(form).decode()
    return text if text[:1] in ("<", ">", "!") else text.translate(THIRTY_TWO_BIT)


def _kinds(form: str) -> Iterator[str]:
    """The letter of each value that the format has."""
    for count, letter in PART.findall(form.lstrip(ORDERS)):
        if letter != "x":
            yield from letter * (1 if letter in "sp" else int(count or 1))


def _values(form: str, given: tuple[Any, ...]) -> list[Any]:
    """What CPython packs for them."""
    ready = []
    rest = iter(given)
    for letter in _kinds(form):
        value = next(rest, b"" if letter in "sp" else 0)
        if isinstance(value, str):
            value = value.encode()
        elif letter in SIGNED + UNSIGNED:
            if isinstance(value, float):
                raise TypeError("can't convert float to int")
            value = narrowed_to(letter, value) if isinstance(value, int) else value
        ready.append(value)
    return ready


def _bytes_of(data: Any) -> Any:
    return data.encode() if isinstance(data, str) else data


def calcsize(form: Any) -> int:
    return struct.calcsize(_form_of(form))


def pack(form: Any, *values: Any) -> bytes:
    text = _form_of(form)
    return struct.pack(text, *_values(text, values))


def pack_into(form: Any, buffer: Any, offset: int, *values: Any) -> None:
    text = _form_of(form)
    struct.pack_into(text, buffer, offset, *_values(text, values))


def unpack(form: Any, data: Any) -> tuple[Any, ...]:
    return struct.unpack_from(_form_of(form), _bytes_of(data))


def unpack_from(form: Any, data: Any, offset: int = 0) -> tuple[Any, ...]:
    return struct.unpack_from(_form_of(form), _bytes_of(data), offset)


def make(world: World) -> ModuleType:
    """`struct` for the application of one board."""

    def own(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any) -> Any:
            try:
                return function(*args)
            except struct.error as error:
                raise ValueError(str(error)) from None

        return call

    return module("struct", **{each.__name__: own(each) for each in (calcsize, pack, pack_into, unpack, unpack_from)})
