"""unblock: await a blocking function, the scheduler goes on meanwhile; and the pools that make such calls, by name."""

import sys

from .worker import RP2, Pool, Worker

if RP2:
    from .start_rp2 import core1_pool

MICROPYTHON = sys.implementation.name == "micropython"
SIZES = {"default": 32, "dns": 4, "files": 8}  # threads; of any other name
OTHER = 8

_pools = {}


def unblock(func, *args, **kwargs):
    """Awaitable: the result of `func(*args, **kwargs)`, called on another thread; on RP2 on core 1. See Job.

    Its exception is raised here, with its traceback. On CPython up to 32 calls run at once; on MicroPython they take
    turns, on RP2 on the core of the program's Worker if there is one.
    """
    return pool().assign(func, *args, **kwargs)


def pool(name="default"):
    """The Pool of that name, made when it is first asked for, and anew when it was closed.

    Pools of different names have threads of their own: when all of one hang, the others go on. On MicroPython it is the
    same one whatever the name.
    """
    if not isinstance(name, str):
        raise TypeError("the name of a pool is a text, not " + repr(name))
    if MICROPYTHON:
        name = "unblock"
        if RP2:
            found = core1_pool()
            if found is None:
                found = Worker(name)
                found.on_loan = True
            return found
    found = _pools.get(name)
    if found is None or found.closed():
        found = _pools[name] = Pool(1 if MICROPYTHON else SIZES.get(name, OTHER), name)
    return found
