"""Limits of what twincore may cost a board, in a file, and what is over them.

    ["core + threadsafe"]        # layers, imported in this order on a fresh board
    heap = 20_000                # bytes that they may hold then
    flash = 40_000               # bytes of .mpy that they may have loaded

    ["app.py"]                   # an application, beside this file
    free = 190_000               # bytes of heap that it has to leave free while it runs
    until = 2                    # for so many seconds of the board's time; 2 if nothing is said
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..options import BadUse
from . import measure

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OF_LAYERS = ("heap", "flash")
OF_APPLICATIONS = ("free", "until")


@dataclass(frozen=True)
class Check:
    """One limit, and what was measured: `kept` says whether it was kept to."""

    subject: str
    what: str
    limit: int
    found: int
    kept: bool

    def __str__(self) -> str:
        sense = "at least" if self.what == "free" else "at most"
        return f"{self.subject}: {self.what} is {self.found} bytes, {sense} {self.limit} are allowed"


def read(file: Path) -> dict[str, dict[str, Any]]:
    """Return {subject: limits} of a budget file. Raises BadUse with what is wrong in it."""
    try:
        budget = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadUse(f"cannot read {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadUse(f"{file}: {error}") from None
    if not budget:
        raise BadUse(f"{file} has no limits: a section such as [core] has heap = 20_000")
    for subject, limits in budget.items():
        if not isinstance(limits, dict):
            raise BadUse(f"{file}: {subject!r} stands outside a section such as [core]")
        if not is_application(subject):
            measure.check_layers(layers_of(subject))
        known = OF_APPLICATIONS if is_application(subject) else OF_LAYERS
        if not limits.keys() - {"until"}:  # which is none
            raise BadUse(f"{file}: [{subject}] has no limit: there are {', '.join(known)}")
        for what, limit in limits.items():
            if what not in known:
                raise BadUse(f"{file}: [{subject}] has no limit {what!r}: there are {', '.join(known)}")
            if isinstance(limit, bool) or not isinstance(limit, int) or limit <= 0:
                raise BadUse(f"{file}: [{subject}] {what} is a whole number above 0, not {limit!r}")
    return budget


def check(file: Path) -> Iterator[Check]:
    """Yield each limit of a budget file with what the board holds. Raises BadUse, TargetMissing, MeasureFailed."""
    for subject, limits in read(file).items():
        found = _application(file.parent / subject, limits) if is_application(subject) else _layers(subject)
        for what in limits:
            if what in found:
                limit, value = limits[what], found[what]
                yield Check(subject, what, limit, value, value >= limit if what == "free" else value <= limit)


def is_application(subject: str) -> bool:
    """Whether a section's name is that of an application; else it names layers."""
    return subject.endswith(".py")


def layers_of(subject: str) -> list[str]:
    """The layers that a section's name lists."""
    return [name.strip() for name in subject.split("+")]


def _layers(subject: str) -> dict[str, int]:
    *_, last = measure.imported(layers_of(subject))
    return {"heap": last.heap, "flash": measure.flash_of(last.modules).size}


def _application(script: Path, limits: dict[str, Any]) -> dict[str, int]:
    ran = measure.application(script, until=limits.get("until", 2))
    if failed := measure.failure(script, ran):
        raise measure.MeasureFailed(failed)
    return {"free": ran.least_free}
