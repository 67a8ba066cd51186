"""What a driver that blocks gets on CPython in place of MicroPython's `time`.

The time of the simulated board to which the thread belongs, or the system's if it belongs to none.
"""

import threading
import time

from ..core.clocks_cpython import of_this_thread


class _Bell:
    """What a thread sleeps in, of a board whose time may jump: see with_clock."""

    pending = ()

    def __init__(self):
        self._woken = threading.Event()

    def sleep(self, timeout):
        self._woken.wait(None if timeout < 0 else timeout / 1e6)
        self._woken.clear()

    def wake(self):
        self._woken.set()


def sleep_ms(ms):
    """Block the calling thread for so many milliseconds."""
    clock = of_this_thread()
    if clock is None:
        time.sleep(ms / 1000)
    else:
        clock.sleep_in(_Bell(), ms * 1000)


def ticks_ms():
    """Milliseconds, from whenever on."""
    clock = of_this_thread()
    return (time.monotonic_ns() // 1000 if clock is None else clock.now()) // 1000


def ticks_diff(new, old):
    """Milliseconds from `old` to `new`."""
    return new - old
