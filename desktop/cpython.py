"""Running an application on this CPython, as `python APP.py` would, with its output unbuffered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .process import Command, RunResult, capture


def command(script: Path, args: Sequence[str] = ()) -> Command:
    """Return the command that runs the script with these arguments."""
    return Command([sys.executable, "-u", str(script), *args])


def run(
    script: Path,
    *,
    args: Sequence[str] = (),
    timeout: float | None = 60,
    echo: Callable[[str], object] | None = None,
) -> RunResult:
    """Run the script to its end and return what it did; see `process.capture` for timeout and echo."""
    return capture(command(script, args), timeout=timeout, echo=echo)
