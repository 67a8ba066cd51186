"""call: a user's callback, whose failure is reported and does not end the device that calls it. For tasks of a loop."""

from ..core.context import get_event_loop
from ..core.errors import CancelledError
from .launching import launch


def call(func, args):
    """`func(*args)`, or a task that runs it if it is a coroutine function.

    What it raises goes to the loop's exception handler, but for what ends programs. A CancelledError is none of the
    task that calls: that gets its own where it waits.
    """
    try:
        launch(func, args)
    except (Exception, CancelledError) as exc:
        loop = get_event_loop()
        loop.call_exception_handler({"message": "a callback failed", "exception": exc, "future": loop.current})


def end(task):
    """Cancel `task`, unless it is the one that runs: it has to look by itself whether it is to end."""
    if get_event_loop().current is not task:
        task.cancel()
