"""How a pool's thread is started on MicroPython's unix port."""

from _thread import stack_size, start_new_thread


def start(pool, slot):
    """Run `pool.serve(slot)` on a new thread."""
    stack_size(pool.stack_size)
    try:
        start_new_thread(pool.serve, (slot,))
    finally:
        stack_size(0)
