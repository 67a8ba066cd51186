"""The scripts of on_micropython, and the figure that each prints. The unix port and the board run the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..process import RunResult

SCRIPTS = Path(__file__).parent / "on_micropython"
TWINCORE, BUILT_IN = "twincore", "built-in"  # what a script takes as its first argument
MET = {True: "[green]yes[/]", False: "[red]NO[/]", None: "[yellow]not measured[/]"}  # whether a target is met


class ScriptFailed(Exception):
    """A script crashed, hung or lost work."""


def numbers(result: RunResult, name: str = "") -> list[float]:
    """Return the numbers that the script printed. Raises ScriptFailed with its name and what it said instead."""
    if result.exit_code != 0 or result.timed_out:
        said = (result.stderr.strip() or result.stdout.strip() or f"exit code {result.exit_code}").splitlines()
        raise ScriptFailed((f"{name}: " if name else "") + ("timed out" if result.timed_out else said[-1]))
    return [float(word) for word in result.stdout.split()]


def figure(result: RunResult) -> float:
    """Return the one number that it printed, likewise."""
    (number,) = numbers(result)
    return number


def percentile(samples: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
