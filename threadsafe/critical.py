"""A few bytecodes that no other context may cut into. MicroPython only: CPython's structures are atomic by themselves.

    state = enter()
    try: ...a few stores...
    finally: leave(state)

| platform | how | callers |
|---|---|---|
| boards | interrupts off; on RP2, with core 1 running, also a mutex between the cores | any, hard ISR included; may be nested |
| unix port | one lock for all | threads; not nested |

Neither allocates. Nobody blocks longer than another's few bytecodes.
"""

import sys

if sys.platform in ("linux", "darwin", "win32"):
    from ..core.native import allocate_lock

    _lock = allocate_lock()
    enter = _lock.acquire

    def leave(state):
        _lock.release()

else:
    import machine

    enter = machine.disable_irq
    leave = machine.enable_irq
