"""What C does better than a .pxd can say: the ring of ready tasks, the clock, the thread.

This is the plain twin, used on MicroPython and uncompiled; `native.pyx` is the same in C for CPython.
Scheduler side only, but for `ident`, `fence`, and the Ring that a CPython doorbell fills: `push` and `pop` are each one
atomic operation of `deque` there, so any thread or signal handler may call them.
"""

import sys

MICROPYTHON = sys.implementation.name == "micropython"
COMPILED = False

if MICROPYTHON:
    from .native_micropython import Clock, Ring, allocate_lock, fence, ident, print_exception
else:
    from _thread import allocate_lock  # noqa: F401
    from _thread import get_ident as ident  # noqa: F401

    from .native_cpython import Clock, Ring, fence, own, print_exception, set_own  # noqa: F401
