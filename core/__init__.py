"""twincore.core: the scheduler. A superset of MicroPython's asyncio; `from twincore import core as asyncio` drops in.

Everything here belongs to the thread or core that runs the loop, but for ThreadSafeFlag. What crosses to other
contexts is in `twincore.threadsafe`, blocking functions in `twincore.offload`.
"""

import sys

if sys.implementation.name == "cpython":
    from . import _variant  # first: it decides whether compiled modules are used

from .context import create_task, current_task, get_event_loop, new_event_loop, run
from .errors import (
    CancelledError,
    QueueClosed,
    QueueEmpty,
    QueueFull,
    TimeoutError,
    WrongContextError,
)
from .event import Event
from .gather import gather
from .lock import Lock
from .loop import Loop
from .native import MICROPYTHON
from .sleep import UNITS_PER_MS
from .task import Task
from .wait_for import wait_for, wait_for_ms

compiled = not MICROPYTHON and not sys.modules[Task.__module__].__file__.endswith(".py")

if MICROPYTHON:
    from .flag_stream import ThreadSafeFlag
    from .sleep_micropython import sleep, sleep_ms
else:
    from .flag import ThreadSafeFlag

    if compiled:
        from . import operation  # quickens `await task`
        from .sleep import sleep, sleep_ms
    else:
        from .sleep_cpython import sleep, sleep_ms

if sys.implementation.name == "cpython":
    _variant.check(compiled)

__version__ = (0, 1, 0)

# What costs nothing until it is used: name -> module. On a board touch what you use before another core or an ISR runs:
# the import changes tables that they read.
_LAZY = {
    "ALL_COMPLETED": "waiting",
    "FIRST_COMPLETED": "waiting",
    "FIRST_EXCEPTION": "waiting",
    "IncompleteReadError": "stream_errors",
    "Server": "server",
    "Stream": "stream",
    "StreamReader": "stream",
    "StreamWriter": "stream",
    "TaskGroup": "taskgroup",
    "TaskGroupError": "taskgroup",
    "VirtualClock": "virtual",
    "as_completed": "waiting",
    "open_connection": "connect",
    "shield": "shielding",
    "start_server": "server",
    "timeout": "timeouts",
    "timeout_at": "timeouts",
    "timeout_ms": "timeouts",
    "wait": "waiting",
}


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(name)
    module = __import__(__name__ + "." + _LAZY[name], None, None, (name,))
    return getattr(module, name)
