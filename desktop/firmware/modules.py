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


def buffer(data: Any) -> Any:
    """What is given where MicroPython takes a buffer, and so a str too."""
    return data.encode() if isinstance(data, str) else data
