"""sleep and sleep_ms. Tasks only; a thread uses time.sleep.

Each call gives an awaitable, for one await. This is the plain twin, used on MicroPython and uncompiled; `sleep.pyx` is
the same in C for CPython.
"""

from .native import MICROPYTHON

if MICROPYTHON:
    from .sleep_micropython import sleep, sleep_ms
else:
    from .sleep_cpython import sleep, sleep_ms, wrap_with  # noqa: F401
