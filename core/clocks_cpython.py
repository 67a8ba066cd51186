"""with_clock: the clock that a thread's loops go by, and its blocking waits, where the system's would be wrong.

For simulated boards, whose time may jump. CPython only.
"""

from contextlib import contextmanager
from threading import local


class _Of(local):
    make = None  # of the class: an attribute that is not there takes longer to find


_of = _Of()


@contextmanager
def with_clock(make):
    """Loops that are made in this thread meanwhile, and waits of `threadsafe`, get their clock from `make()`.

    It jumps (see native.Clock), and has `sleep_in(bell, timeout)` for a thread that waits without a loop: sleep in the
    Doorbell `bell` until it is rung, for `timeout` microseconds at most (-1: no limit); and `job(fn)`, what a thread of
    `offload` calls in place of `fn`, which a task of this thread awaits.
    """
    before = _of.make
    _of.make = make
    try:
        yield
    finally:
        _of.make = before


def of_this_thread():
    """A new clock for the calling thread, None: the system's will do."""
    make = _of.make
    return None if make is None else make()
