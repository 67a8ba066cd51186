"""unblock: await a blocking function. The scheduler goes on meanwhile."""

import sys

from .worker import RP2, Pool, Worker, core1_pool

THREADS = 1 if sys.implementation.name == "micropython" else 32

_default = None


def unblock(func, *args, **kwargs):
    """Awaitable: the result of `func(*args, **kwargs)`, called on another thread; on RP2 on core 1.

    Its exception is raised here, with its traceback. On CPython up to 32 calls run at once; on MicroPython they take
    turns, on RP2 on the core of the program's Worker if there is one.
    """
    return _pool().assign(func, *args, **kwargs)


def _pool():
    global _default
    if RP2:
        pool = core1_pool()
        if pool is None:
            pool = Worker("unblock")
            pool.on_loan = True
        return pool
    if _default is None or _default.queue.closed():
        _default = Pool(THREADS, "unblock")
    return _default
