"""What a fork leaves in the child of its parent's pools: a Pool begins anew, a Worker is gone with its thread.

What the jobs of the parent return goes to the parent. A pool's child half can't wait for locks that a thread of the
parent holds, so it makes its own.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import Any
from weakref import WeakSet

from .worker import Pool, Worker

pools: WeakSet[Any] = WeakSet()


def _forked() -> None:
    for one in list(pools):
        if isinstance(one, Pool):
            _begin_anew(one)
        else:
            one.forked()


def _begin_anew(pool: Pool) -> None:
    """The child has none of the parent's threads."""
    closed = pool.closed()
    pool._lock = allocate_lock()
    pool._ended = None
    pool.slots = []
    pool.begin()
    if isinstance(pool, Worker) and not closed:
        pool.gone = pool.name + " has its thread in the process that this one was forked from; make a new one for "
        closed = True
    if closed:
        pool.shut()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
