"""An application's tracebacks: its own frames and no others, in CPython's format.

An error inside a simulated device ends, as it would on a board, at the application's line that called it. Frames of the
library that ran in the application's world (primitives, drivers) are its own.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from types import FrameType, TracebackType


def format_exception(error: BaseException, shown: Callable[[FrameType], bool]) -> str:
    """`error` and what led to it as text. Frames that are not `shown` are left out, unless that left none of several:

    then it is the simulator's own error, and all are given.
    """
    return "".join(_chain(error, shown, set()))


def _chain(error: BaseException, shown: Callable[[FrameType], bool], seen: set[int]) -> list[str]:
    seen.add(id(error))
    before: list[str] = []
    cause, context = error.__cause__, error.__context__
    if cause is not None and id(cause) not in seen:
        before = [*_chain(cause, shown, seen), traceback._cause_message]  # type: ignore[attr-defined]
    elif cause is None and context is not None and not error.__suppress_context__ and id(context) not in seen:
        before = [*_chain(context, shown, seen), traceback._context_message]  # type: ignore[attr-defined]
    trace = own_frames(error.__traceback__, shown)
    if trace is error.__traceback__ and isinstance(error, SyntaxError):
        trace = None  # it says itself where it is
    return before + traceback.format_exception(type(error), error, trace, chain=False)


def own_frames(trace: TracebackType | None, shown: Callable[[FrameType], bool]) -> TracebackType | None:
    """A traceback of those frames of `trace` that are `shown`; all of them if none is. `trace` is left as it is."""
    kept = []
    entry = trace
    while entry is not None:
        if shown(entry.tb_frame):
            kept.append(entry)
        entry = entry.tb_next
    if not kept:
        return trace
    own: TracebackType | None = None
    for entry in reversed(kept):
        own = TracebackType(own, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return own
