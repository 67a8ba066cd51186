"""How a pool's thread is started on CPython, and where it is."""

import os
import sys
import threading
import traceback
from _thread import stack_size

STACK_DEPTH = 8  # frames that are shown of a thread that is stuck


def start(pool, slot):
    """Run `pool.serve(slot)` on a new thread, one that does not keep the process alive."""
    size = pool.stack_size
    if size:
        stack_size(size)
    try:
        threading.Thread(target=pool.serve, args=(slot,), name=pool.name, daemon=True).start()
    finally:
        if size:
            stack_size(0)


def where(thread):
    """In which lines the thread of that ident is now, for messages: " (in f, at file:line; called in ...)"."""
    frame = sys._current_frames().get(thread)
    if frame is None:
        return ""
    return chain(
        f"{step.name}, {step.filename}:{step.lineno}"
        for step in reversed(traceback.extract_stack(frame))
        if step.filename not in (__file__, threading.__file__) and not step.filename.startswith(_HERE)
    )


def chain(steps):
    """What `where` returns of `steps`, texts, the innermost first; "" if there are none."""
    steps = list(steps)[:STACK_DEPTH]
    return f" (in {'; called by '.join(steps)})" if steps else ""


_HERE = os.path.dirname(__file__) + os.sep
