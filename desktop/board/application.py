"""Which code is an application's, and so keeps to a board's rules: not the library's, nor Python's own."""

from __future__ import annotations

import os
import sysconfig
from functools import lru_cache
from pathlib import Path

_LIBRARY = Path(__file__).resolve().parents[2]  # the folder of core, desktop and the others
_ON_BOARDS = ("primitives", "drivers")  # of the library, but written like an application
_NOT_OURS = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


@lru_cache(maxsize=1024)
def is_application(filename: str) -> bool:
    """Whether a function whose code is in that file is the application's, or of what it was written with for boards."""
    if filename.startswith("<frozen "):
        return False
    path = os.path.realpath(filename)
    for folder in _ON_BOARDS:
        if path.startswith(f"{_LIBRARY / folder}{os.sep}"):
            return True
    for folder in ("core", "threadsafe", "offload", "desktop"):
        if path.startswith(f"{_LIBRARY / folder}{os.sep}"):
            return False
    return not path.startswith(tuple(f"{os.path.realpath(folder)}{os.sep}" for folder in _NOT_OURS))
