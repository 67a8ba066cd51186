"""Tracebacks as they come from a target, made readable here: the user's files by their path, and their source lines."""

from __future__ import annotations

import linecache
import os
import re
from collections.abc import Mapping
from pathlib import Path

PLACE = re.compile(r'\s*File "(.+?)", line (\d+)')
LIBRARY = re.compile(r"^.*/(?=twincore/[a-z]+/)")
RUNNER = re.compile(r"(^|/)(twincore_tests|run_these_tests)\.(py|mpy)$")
IN_AUTOPSY = re.compile(r"\s+(twincore_tests|run_these_tests)\.(py|mpy):\d+, in ")  # a frame of RUNNER's


def readable(trace: str, sources: Mapping[str, Path], folder: Path | None = None) -> str:
    """Return the traceback without the frames that called the test, with paths of this machine, and source lines.

    Args: sources, {the path that the target knows: the file here}; folder, which paths may begin with. Files of the
    library are named as in `twincore/core/loop.py`.
    """
    lines: list[str] = []
    source = ""
    of_frame = False  # the lines that CPython prints below a frame are replaced
    for line in trace.replace("\r", "").splitlines():
        place = PLACE.match(line)
        if place is None:
            if IN_AUTOPSY.match(line):
                continue
            if of_frame and line.startswith("    "):
                continue
            of_frame = False
            if line.rstrip() == "AssertionError:" and source:
                line = f"AssertionError: {source}"  # MicroPython says no more of one that was not rewritten
            lines.append(line)
            continue
        of_frame = True
        known = LIBRARY.sub("", place[1].removeprefix(f"{folder}/"))
        if RUNNER.search(known):
            continue
        file = sources.get(known) or sources.get(known.removesuffix(".mpy") + ".py")
        lines.append(line.replace(place[1], shown(file) if file else known, 1))
        source = linecache.getline(str(file), int(place[2])).strip() if file else ""
        if source:
            lines.append(f"    {source}")
    return "\n".join(lines)


def shown(path: Path) -> str:
    """The path as a person at this folder would write it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def headline(text: str) -> str:
    """The line of a failure's text that says most: of a traceback the error, else the first."""
    lines = text.strip().splitlines() or [""]
    if not lines[0].startswith("Traceback"):
        return lines[0].partition("; it was here:")[0]
    return next((line for line in lines[1:] if not line.startswith(" ")), lines[-1])
