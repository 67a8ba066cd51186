"""A few bytecodes that no other context may cut into. MicroPython only: CPython's structures are atomic by themselves.

    state = enter()
    try: ...a few stores...
    finally: leave(state)

| platform | how | callers |
|---|---|---|
| RP2 | interrupts off; with core 1 running also a mutex between the cores | any, hard ISR included; may be nested |
| unix port | one lock for all | threads; not nested |

Neither allocates. Nobody blocks longer than another's few bytecodes.
"""

import sys

if sys.platform == "rp2":
    import machine

    enter = machine.disable_irq
    leave = machine.enable_irq
else:
    from _thread import allocate_lock

    _lock = allocate_lock()
    enter = _lock.acquire

    def leave(state):
        _lock.release()
