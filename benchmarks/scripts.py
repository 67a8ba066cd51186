"""The scripts of on_micropython, and the figure that each prints. The unix port and the board run the same ones."""

from __future__ import annotations

from pathlib import Path

from twincore.desktop.process import RunResult

SCRIPTS = Path(__file__).parent / "on_micropython"
TWINCORE, BUILT_IN = "twincore", "built-in"  # what a script takes as its first argument


class ScriptFailed(Exception):
    """A script crashed, hung or lost work."""


def figure(result: RunResult) -> float:
    """Return the number that the script printed. Raises ScriptFailed with what it said instead."""
    if result.exit_code != 0 or result.timed_out:
        said = (result.stderr.strip() or result.stdout.strip() or f"exit code {result.exit_code}").splitlines()
        raise ScriptFailed("timed out" if result.timed_out else said[-1])
    return float(result.stdout)
