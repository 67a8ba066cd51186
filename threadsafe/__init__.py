"""twincore.threadsafe: what tasks, threads, the second core and ISRs share.

ThreadSafeQueue carries items, Message the latest value, ThreadSafeEvent nothing but that it happened. All of it is
built on the doorbell of `core`, and nothing else. Errors are those of `core`.

The errors are there with the folder, on CPython also the three above. The rest is loaded when it is first used: on a
board that has to happen before another core or an ISR uses it, as it does where it is imported by its name.
"""

from ..core.lazy import above, ahead, keep, make_room, submodule
from ..core.native import MICROPYTHON
from ..core.queue_errors import QueueClosed, QueueEmpty, QueueFull

if MICROPYTHON:
    make_room(globals(), 27)
else:
    from .event import ThreadSafeEvent
    from .message import Message
    from .queue import ThreadSafeQueue

_MODULES = {
    "BottomHalf": "bottom_half",
    "Broadcast": "broadcast",
    "BytePipe": "bytepipe",
    "Lagged": "broadcast",
    "LoopClosed": "inbox",
    "LoopStopped": "calls",
    "Message": "message",
    "RawPipe": "pipestream",
    "SPSCQueue": "spsc",
    "Snapshot": "snapshot",
    "Subscription": "broadcast",
    "TaskHandle": "calls",
    "ThreadSafeBoundedSemaphore": "semaphore",
    "ThreadSafeCondition": "condition",
    "ThreadSafeEvent": "event",
    "ThreadSafeLock": "lock",
    "ThreadSafeQueue": "queue",
    "ThreadSafeSemaphore": "semaphore",
    "call_soon_threadsafe": "calls",
    "check_single": "spsc",
    "create_task_threadsafe": "calls",
    "open_for_calls": "calls",
    "open_stream": "pipestream",
    "run_coroutine_threadsafe": "calls",
}


if not MICROPYTHON:  # where `import *` takes what is there already
    __all__ = sorted({"QueueClosed", "QueueEmpty", "QueueFull"}.union(_MODULES))

_found = {}  # see core.lazy.keep


def __getattr__(name):
    if name in _found:
        return _found[name]
    if name == "Context":  # upstream has it here
        return above("offload", name)
    module = _MODULES.get(name)
    if module is None:
        return submodule(__name__, name)
    if MICROPYTHON:
        ahead("threadsafe.parking")
    found = above("threadsafe." + module, name)
    keep(globals(), name, found)
    return found
