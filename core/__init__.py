"""twincore.core: the scheduler. A superset of MicroPython's asyncio; `from twincore import core as asyncio` drops in.

Everything here belongs to the thread or core that runs the loop, but for ThreadSafeFlag. What crosses to other
contexts is in `twincore.threadsafe`, blocking functions in `twincore.offload`.
"""

import sys

if sys.implementation.name == "cpython":
    from . import _variant  # first: it decides whether compiled modules are used

# Bottom up, so that no import finds much to import in turn: a board's stack holds a few nested ones only.
# isort: off
from .native import MICROPYTHON
from .errors import CancelledError, TimeoutError, WrongContextError
from .lazy import above, keep, load, make_room
from . import timers
from .task import Task
from . import doorbell
from .sleep import sleep, sleep_ms
from .loop import Loop
from .context import create_task, current_task, get_event_loop, new_event_loop, run
# isort: on

if not MICROPYTHON:
    from . import fork_cpython
    from .lazy_names import LAZY

    __all__ = sorted(  # where `import *` takes what is there already
        (
            "CancelledError Loop Task TimeoutError WrongContextError compiled create_task current_task get_event_loop"
            " new_event_loop run sleep sleep_ms to_thread"
        ).split()
        + [pair.partition("=")[0] for pair in LAZY.split()]
    )
    del LAZY

compiled = not MICROPYTHON and not sys.modules[Task.__module__].__file__.endswith(".py")

if sys.implementation.name == "cpython":
    _variant.check(compiled)

__version__ = (0, 1, 0)

if MICROPYTHON:
    make_room(globals(), 38)
    del make_room

_found = {}  # see lazy.keep


def __getattr__(name):
    if name in _found:
        return _found[name]
    if name == "to_thread":
        return above("offload", "unblock")
    value = load(load("lazy_names", "module_of")(name), name)
    if MICROPYTHON:
        sys.modules.pop(__name__ + ".lazy_names", None)
        globals().pop("lazy_names", None)
    keep(globals(), name, value)
    return value
