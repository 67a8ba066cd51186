"""The name `asyncio` for twincore.core: for programs that were written for MicroPython's scheduler."""

from twincore.core import (
    CancelledError,
    Loop,
    Task,
    TimeoutError,
    WrongContextError,
    __version__,
    create_task,
    current_task,
    get_event_loop,
    new_event_loop,
    run,
    sleep,
    sleep_ms,
)
from twincore.core import __getattr__ as _find


def __getattr__(name):
    found = globals()[name] = _find(name)
    return found
