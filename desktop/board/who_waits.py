"""What each thread of a board does, and each task of its loop, in words: for messages when nothing happens any more."""

from __future__ import annotations

import os
import sys
import textwrap
import threading
from types import FrameType

from twincore.core import context

from .. import ps
from .timekeeper import Part, Timekeeper

LIBRARY = "twincore."  # what the frames of ours belong to


def report(time: Timekeeper, *, others: bool = False) -> str:
    """The threads that take part in `time`, each with its tasks; `others`: but for the caller's.

    Any thread; exact while they wait.
    """
    frames = sys._current_frames()
    texts = []
    for part in time.contexts():
        if others and part.thread == threading.get_ident():
            continue
        texts.append(f"{part.name}: {_state(part)}{at(frames.get(part.thread or 0))}")
        loop = context._loops.get(part.thread)
        if loop is not None and ps.tasks(loop):
            texts.append(textwrap.indent(ps.listing(loop), "    "))
    return "\n".join(texts)


def _state(part: Part) -> str:
    if not part.waits:
        return "runs"
    if part.until is None:
        return "waits, without limit"
    return f"waits, until {part.until / 1e6:.6f} s at most"


def at(frame: FrameType | None) -> str:
    """In which line of the program's that is, in words; "" if in none."""
    own = own_frame(frame)
    if own is None:
        return ""
    return f", at {os.path.basename(own.f_code.co_filename)}:{own.f_lineno} in {own.f_code.co_name}"


def own_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost from there that is the program's, not the library's nor of what starts threads; None if none."""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(LIBRARY) and module not in ("threading", "contextlib"):
            return frame
        frame = frame.f_back
    return None
