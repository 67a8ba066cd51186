"""Helpers for the modules of MicroPython that this package makes."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, NoReturn

from . import missing


def module(name: str, **names: Any) -> ModuleType:
    """A new module with these names in it."""
    made = ModuleType(name)
    vars(made).update(names)
    return made


def explaining(made: ModuleType) -> ModuleType:
    """`made`, which says of a name that it has not whether boards have it, and what there is instead."""

    def absent(name: str) -> NoReturn:
        raise AttributeError(missing.name_text(made.__name__, name, vars(made)), name=name)

    vars(made)["__getattr__"] = absent
    return made


def like(name: str, names: str, **others: Any) -> ModuleType:
    """A new module with those of the standard library's `name` that MicroPython has too, and `others`."""
    real = importlib.import_module(name)
    return module(name, **{each: getattr(real, each) for each in names.split() if hasattr(real, each)}, **others)


def written(data: Any, limits: tuple[int, ...]) -> Any:
    """What a stream's `write(data, *limits)` means of `data`, a buffer or str: so many bytes, or from one on."""
    data = buffer(data)
    if not limits:
        return data
    start, count = limits if len(limits) == 2 else (0, limits[0])
    return memoryview(data).cast("B")[start : start + count]


def room(buf: Any, limits: tuple[int, ...]) -> memoryview:
    """What a stream's `readinto(buf, *limits)` means of `buf`: all, or so many bytes."""
    whole = memoryview(buf).cast("B")
    return whole[: limits[0]] if limits else whole


def buffer(data: Any) -> Any:
    """What is given where MicroPython takes a buffer, and so a str too."""
    return data.encode() if isinstance(data, str) else data
