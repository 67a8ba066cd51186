"""What `wrap` gave owns the worker that `wrap` made: when it is dropped, the worker's thread ends."""

from __future__ import annotations

from typing import Any
from weakref import finalize

from .line import Afterwork


def look_after(wrapped: Any) -> None:
    """When `wrapped` is gone, a Wrapped with a worker of its own, nobody can call that: have its thread end, once it has
    nothing to do. ValueError for a pool that was given and makes its calls elsewhere."""
    pool, own = wrapped._worker
    if own:
        finalize(wrapped, _retire, pool).atexit = False
    elif getattr(pool, "_remote", None) is not None:
        pool._remote.check_local("wrap")


def _retire(pool: Any) -> None:
    # Any thread, in the midst of anything: no lock, no new thread. One that is awake sees this before it sleeps.
    pool.idle_time = 0
    pool.after.append(Afterwork(pool, int, (), {}))
    pool.idle.notify()
