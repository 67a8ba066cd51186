"""How a pool gets the RP2's second core, which is its one thread, and how that thread ends.

While core 0 writes to flash MicroPython locks core 1 out, if a thread runs on it: it looks whether one does before the
write, and once more after it. So a thread must not come or go in between:

    core 0: a thread runs, lock it out ... none runs, nothing to let in again
    core 1:               it ends

leaves core 1 locked out, and the next write that finds a thread ends in a panic of the firmware (seen with 1.25; later
source reads the same). So core 1 ends when core 0 says so, in a function that MicroPython's scheduler calls there: between
two bytecodes, when nothing is being written; and `start` waits until the thread has begun.
"""

import gc
import time
from _thread import allocate_lock, stack_size, start_new_thread

from micropython import schedule

CORE1_STACK = 8192  # bytes; the port's default of 4096 is used up by some 16 nested calls
LEAST_STACK = 4096  # with less, MicroPython's limit is reached while the thread waits for work
END_US = 300  # more than a thread takes, from the gate on, until MicroPython sees that it has ended

_core1 = None  # the pool that has it
_gate = allocate_lock()  # where core 1 waits for its end
_gate.acquire()


def core1_pool():
    """The pool that has core 1 and takes jobs, or None."""
    return None if _core1 is None or _core1.closed() else _core1


def start(pool, slot):
    """Run `pool.serve(slot)` on core 1. RuntimeError if something else uses it, ValueError for too small a stack."""
    global _core1
    size = pool.stack_size or CORE1_STACK
    if size < LEAST_STACK:
        raise ValueError("the stack of core 1 is " + str(LEAST_STACK) + " bytes or more, not " + str(size))
    if _core1 is not None and _core1.on_loan and not _core1.closed():
        _core1.shut()  # made by `unblock` for want of a Worker; here is one, which it will use
    _check_memory(size)
    stack_size(size)
    try:
        for _ in range(100):
            try:
                start_new_thread(_serve, (pool, slot))
                _core1 = pool
                _await_begin(slot)
                return
            except OSError:  # it is in use, or what used it has not quite ended
                if _core1 is not pool and core1_pool() is not None and _core1.slots:
                    break  # and is not about to
                time.sleep_ms(1)
    finally:
        stack_size(0)
    raise RuntimeError("core 1 is in use, and there is only one: " + _user())


def _check_memory(size):
    """MemoryError if there is no such block. The port finds out too late, and then takes core 1 for in use for ever."""
    gc.collect()  # a thread that has ended leaves its stack behind
    bytearray(size)
    gc.collect()


def _user():
    """Who has core 1, and what to do about it."""
    if _core1 is None or not _core1.slots:
        return "end the thread or close the Worker that has it"
    if _core1.closed():
        return _core1.name + " has it, and its function has not ended"
    return "close " + _core1.name + ", which has it"


def _await_begin(slot):
    for _ in range(1000):
        if slot.taken:
            return
        time.sleep_us(10)


def _serve(pool, slot):
    """Core 1's part."""
    try:
        pool.serve(slot)
    finally:
        while True:
            try:
                schedule(_let_end, None)
                break
            except RuntimeError:  # the queue is full
                time.sleep_ms(1)
        _gate.acquire()  # and nothing that takes time after it


def _let_end(_):
    """Core 0's part."""
    _gate.release()
    time.sleep_us(END_US)
