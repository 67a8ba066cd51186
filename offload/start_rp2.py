"""How a pool gets the RP2's second core, which is its one thread."""

import time
from _thread import stack_size, start_new_thread

CORE1_STACK = 8192  # bytes; the port's default of 4096 is used up by a few nested calls

_core1 = None  # the pool that has it


def core1_pool():
    """The pool that has core 1 and takes jobs, or None."""
    return None if _core1 is None or _core1.closed() else _core1


def start(pool, slot):
    """Run `pool.serve(slot)` on core 1. RuntimeError if something else uses it."""
    global _core1
    if _core1 is not None and _core1.on_loan and not _core1.closed():
        _core1.shut()  # made by `unblock` for want of a Worker; here is one, which it will use
    stack_size(pool.stack_size or CORE1_STACK)
    try:
        for _ in range(100):
            try:
                start_new_thread(pool.serve, (slot,))
                _core1 = pool
                return
            except OSError:  # it is in use, or what used it has not quite ended
                time.sleep_ms(1)
        raise RuntimeError("core 1 is in use, and there is only one: end the thread or close the Worker that has it")
    finally:
        stack_size(0)
