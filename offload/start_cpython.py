"""How a pool's thread is started on CPython, and where it is."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from _thread import stack_size
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

STACK_DEPTH = 8  # frames that are shown of a thread that is stuck

# pool -> the threads that were started for it, but for some that have ended
_threads: WeakKeyDictionary[Any, list[threading.Thread]] = WeakKeyDictionary()


def start(pool: Any, slot: Any) -> None:
    """Run `pool.serve(slot)` on a new thread, one that does not keep the process alive."""
    size = pool.stack_size
    if size:
        stack_size(size)
    try:
        thread = threading.Thread(target=pool.serve, args=(slot,), name=pool.name, daemon=True)
        thread.start()
        _threads[pool] = [thread, *(other for other in _threads.get(pool, ()) if other.is_alive())]
    finally:
        if size:
            stack_size(0)


def join(pool: Any) -> None:
    """Return when the pool's threads, which have nothing more to do, are gone: that takes them some microseconds."""
    for thread in _threads.pop(pool, ()):
        if thread is not threading.current_thread():
            thread.join()


def where(thread: int | None) -> str:
    """In which lines the thread of that ident is now, for messages: " (in f, at file:line; called in ...)"."""
    frame = None if thread is None else sys._current_frames().get(thread)
    if frame is None:
        return ""
    return chain(
        f"{step.name}, {step.filename}:{step.lineno}"
        for step in reversed(traceback.extract_stack(frame))
        if step.filename not in (__file__, threading.__file__) and not step.filename.startswith(_HERE)
    )


def chain(steps: Iterable[str]) -> str:
    """What `where` returns of `steps`, texts, the innermost first; "" if there are none."""
    shown = list(steps)[:STACK_DEPTH]
    return f" (in {'; called by '.join(shown)})" if shown else ""


_HERE = os.path.dirname(__file__) + os.sep
