"""How a pool's thread is started on CPython, and where it is."""

import os
import sys
import threading
import traceback
from _thread import stack_size
from inspect import CO_COROUTINE
from weakref import WeakKeyDictionary, finalize

from ..core.describing import describe
from .line import Afterwork

STACK_DEPTH = 8  # frames that are shown of a thread that is stuck

_threads = WeakKeyDictionary()  # pool -> the threads that were started for it, but for some that have ended


def start(pool, slot):
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


def check_not_async(func):
    """TypeError for a coroutine function: a thread would make the coroutine, which nobody would await."""
    code = getattr(func, "__code__", None)
    if code is not None and code.co_flags & CO_COROUTINE:
        name = describe(func)
        raise TypeError(
            f"{name} is a coroutine function, which needs no thread: await {name}(...); what needs a loop of asyncio is "
            f"awaited by AsyncioWorker().run({name}, ...)"
        )


def look_after(wrapped):
    """When `wrapped` is gone, a Wrapped with a worker of its own, nobody can call that: have its thread end, once it has
    nothing to do. ValueError for a pool that was given and makes its calls elsewhere."""
    pool, own = wrapped._worker
    if own:
        finalize(wrapped, _retire, pool).atexit = False
    elif getattr(pool, "_remote", None) is not None:
        pool._remote.check_local("wrap")


def _retire(pool):
    # Any thread, in the midst of anything: no lock, no new thread. One that is awake sees this before it sleeps.
    pool.idle_time = 0
    pool.after.append(Afterwork(pool, int, (), {}))
    pool.idle.notify()


def join(pool):
    """Return when the pool's threads, which have nothing more to do, are gone: that takes them some microseconds."""
    for thread in _threads.pop(pool, ()):
        if thread is not threading.current_thread():
            thread.join()


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
