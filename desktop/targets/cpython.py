"""Running an application on this CPython, as `python APP.py` would, with its output unbuffered.

It may import micropython-async's names, those in `aliases/`, but that `asyncio` and `sched` are CPython's own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..process import Command, RunResult, capture
from .staging import aliases_for_cpython, uses_aliases


def command(script: Path, args: Sequence[str] = ()) -> Command:
    """Return the command that runs the script with these arguments."""
    environment = {}
    if uses_aliases(script):
        inherited = os.environ.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(aliases_for_cpython()), *([inherited] if inherited else [])])
    return Command([sys.executable, "-u", str(script), *args], environment)


def run(
    script: Path,
    *,
    args: Sequence[str] = (),
    timeout: float | None = 60,
    echo: Callable[[str], object] | None = None,
) -> RunResult:
    """Run the script to its end and return what it did; see `process.capture` for timeout and echo."""
    return capture(command(script, args), timeout=timeout, echo=echo)
