"""The scheduler's errors. Those of queues are in `queue_errors`.

All of them can be raised in any context. Bytes and values from outside raise nothing else.
"""

try:
    TimeoutError = TimeoutError  # CPython: the builtin, so that a bare `except TimeoutError` catches it
except NameError:  # MicroPython has none

    class TimeoutError(Exception):
        """The time given to a wait ran out."""


class CancelledError(BaseException):
    """Raised inside a task that was cancelled, and to those who await it."""


class WrongContextError(RuntimeError):
    """A scheduler-only call came from a context that does not run that scheduler (a thread, another core, an ISR)."""
