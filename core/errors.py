"""The errors that twincore raises, under the names its users know.

All of them can be raised in any context. Bytes and values from outside raise nothing else.
"""

import sys

try:
    TimeoutError = TimeoutError  # CPython: the builtin, so that a bare `except TimeoutError` catches it
except NameError:  # MicroPython has none

    class TimeoutError(Exception):
        """The time given to a wait ran out."""


class CancelledError(BaseException):
    """Raised inside a task that was cancelled, and to those who await it."""


class WrongContextError(RuntimeError):
    """A scheduler-only call came from a context that does not run that scheduler (a thread, another core, an ISR)."""


class QueueClosed(Exception):
    """The queue was closed: nothing can be put any more, or nothing is left to get."""


class QueueEmpty(IndexError):
    """Nothing to get now. Also an IndexError, for code written for micropython-async."""


class QueueFull(IndexError):
    """No room to put now. Also an IndexError, for code written for micropython-async."""


def describe(obj):
    """A short name of `obj` for an error message: a function's or class's own name, else its type's.

    MicroPython functions may have no `__name__`; then their repr is used.
    """
    return getattr(obj, "__name__", None) or "a " + type(obj).__name__


def check_timeout(timeout):
    """Return `timeout` in seconds if it can be waited for, None for "as long as it takes": also for a century or more.

    Raises ValueError if it is negative or not a number, TypeError if it is no number at all.
    """
    if timeout is None:
        return None
    try:
        usable = timeout >= 0
    except TypeError:
        raise TypeError("timeout is a number of seconds or None, not " + repr(timeout)) from None
    if not usable:  # also NaN: every comparison with it is false
        raise ValueError(
            "timeout must be 0 or more seconds, or None to wait without limit; got " + str(timeout)
        )
    return None if timeout > 3e9 else timeout


def print_exception(exc, file=None):
    """Print `exc` with its traceback to `file` (default: stderr)."""
    file = file or sys.stderr
    if hasattr(sys, "print_exception"):  # MicroPython
        sys.print_exception(exc, file)
    else:
        import traceback

        traceback.print_exception(type(exc), exc, exc.__traceback__, file=file)
