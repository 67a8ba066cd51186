"""What a test leaves behind in the process: threads and file descriptors that were not there when it began."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from types import FrameType

from ..board import who_waits
from ..board.hardware import Alarm

END_WITHIN = 1.0  # real seconds for threads that are about to end
DESCRIPTORS = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"


class Before:
    """The process as it was. `left` compares."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._descriptors = _descriptors()

    def left(self) -> list[str]:
        """What has come since and is still there, in words."""
        return self._new_threads() + self._new_descriptors()

    def _new_threads(self) -> list[str]:
        end = time.monotonic() + END_WITHIN
        texts = []
        for thread in set(threading.enumerate()) - self._threads:
            if thread.ident is None or thread is threading.current_thread() or _is_of_a_pool(thread):
                continue  # without an ident: another thread is starting it just now
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                texts.append(f"the thread {thread.name!r}{who_waits.at(_frame(thread))}")
        return sorted(texts)

    def _new_descriptors(self) -> list[str]:
        if not set(_descriptors()) - set(self._descriptors):
            return []
        gc.collect()  # those of objects that nobody has any more are closed
        return [
            f"the file descriptor {number} ({what})"
            for number, what in sorted(_descriptors().items())
            if number not in self._descriptors
        ]


def _descriptors() -> dict[int, str]:
    """Those that are open, and what each is. Empty where the system does not tell."""
    found = {}
    try:
        names = os.listdir(DESCRIPTORS)
    except OSError:
        return {}
    for name in names:
        try:
            os.fstat(int(name))  # that of the listing itself is closed by now
            found[int(name)] = os.readlink(f"{DESCRIPTORS}/{name}")
        except (OSError, ValueError):
            continue
    return found


def _frame(thread: threading.Thread) -> FrameType | None:
    return sys._current_frames().get(thread.ident or 0)


def _is_of_a_pool(thread: threading.Thread) -> bool:
    """Whether it is one of offload's that has nothing to do: it ends by itself, or serves the next test."""
    frame = _frame(thread)
    if who_waits.own_frame(frame) is not None:
        return False
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("twincore.offload"):
            return True
        frame = frame.f_back
    return False


def alarm_in_words(alarm: Alarm) -> str:
    """An alarm that is armed, by what it will call."""
    fn = alarm.fn
    owner = getattr(fn, "__self__", None)
    owner = getattr(getattr(owner, "_tick", None), "__self__", owner)  # the Timer for which a Ticker ticks
    name = getattr(fn, "__qualname__", repr(fn))
    return f"an armed alarm: {name}" + (f" of {owner!r}" if owner is not None else "")
