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
from .lazy import above, load
from . import timers, times
from .task import Task
from . import cell, doorbell, step
from .sleep import sleep, sleep_ms
from .loop import Loop
from .context import create_task, current_task, get_event_loop, new_event_loop, run
# isort: on

if not MICROPYTHON:
    from . import fork_cpython

compiled = not MICROPYTHON and not sys.modules[Task.__module__].__file__.endswith(".py")

if sys.implementation.name == "cpython":
    _variant.check(compiled)

__version__ = (0, 1, 0)

# What costs nothing until it is used: each name and its module. In one string, since a table would cost a board more.
_LAZY = (
    " ALL_COMPLETED=waiting"
    " Event=event"
    " FIRST_COMPLETED=waiting"
    " FIRST_EXCEPTION=waiting"
    " IOQueue=upstream"
    " IncompleteReadError=stream_errors"
    " Lock=lock"
    " QueueClosed=queue_errors"
    " QueueEmpty=queue_errors"
    " QueueFull=queue_errors"
    " Runner=runner"
    " Server=server"
    " SingletonGenerator=upstream"
    " Stream=stream"
    " StreamReader=stream"
    " StreamWriter=stream"
    " TaskGroup=taskgroup"
    " TaskGroupError=taskgroup"
    " TaskQueue=upstream"
    " VirtualClock=virtual"
    " as_completed=waiting"
    " check_contexts=checking"
    " core=upstream"
    " gather=gathering"
    " listing=task_list"
    " open_connection=connect"
    " power_mode=power"
    " round_robin=policy"
    " roundrobin=policy"
    " run_until_complete=upstream"
    " shield=shielding"
    " start_server=server"
    " tasks=task_list"
    " ticks=upstream"
    " ticks_add=upstream"
    " ticks_diff=upstream"
    " timeout=timeouts"
    " timeout_at=timeouts"
    " timeout_ms=timeouts"
    " urgent_first=policy"
    " wait=waiting"
    " wait_for=deadline"
    " wait_for_ms=deadline"
    " ThreadSafeFlag=" + ("flag_stream" if MICROPYTHON else "flag") + " "
)

if MICROPYTHON:
    # Room for those names and their modules in this module's table. It grows by moving, and another core that looks
    # something up in it meanwhile would not find it.
    for _name in range(72):
        globals()[str(_name)] = None
    for _name in range(72):
        del globals()[str(_name)]


def __getattr__(name):
    if name == "to_thread":
        return above("offload", "unblock")
    _, found, rest = _LAZY.partition(" " + name + "=")
    if not found:
        raise AttributeError(name)
    value = globals()[name] = load(rest.split(" ", 1)[0], name)
    return value
