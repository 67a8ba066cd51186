"""`twincore demo`: the main example, the same file, on each machine in turn."""

from __future__ import annotations

from pathlib import Path

from . import targets
from .options import BadUse
from .run import SIMULATED, run_application

EXAMPLE = "examples/dualcore.py"


def run_demo() -> int:
    """Run the example everywhere it can run, with a heading for each; a missing target is named with the reason.

    Returns 0, or 1 if a run failed, 130 if it was interrupted. Raises BadUse outside a source checkout.
    """
    example = example_file()
    titles = {SIMULATED: "a Pico, simulated in this process", "cpython": "CPython, this machine", **targets.TITLES}
    failed = False
    for place in (SIMULATED, "cpython", *targets.NAMES):
        print(f"\n=== {place}: {titles[place]}", flush=True)
        reason = targets.reason_missing(place) if place in targets.NAMES else None
        if reason is not None:
            print(f"not run: {reason}", flush=True)
            continue
        code = run_application(example, place)
        if code == 130:
            return code
        if code != 0:
            print(f"failed: exit code {code}", flush=True)
            failed = True
    return 1 if failed else 0


def example_file() -> Path:
    """Return the example's file. Raises BadUse when it is not here."""
    root = targets.source_checkout()
    example = root / EXAMPLE if root is not None else Path(EXAMPLE)
    if not example.is_file():
        raise BadUse(f"the demo is {EXAMPLE} in twincore's source checkout, and this is not one")
    return example
