"""twincore.threadsafe: what tasks, threads, the second core and ISRs share.

ThreadSafeQueue carries items, Message the latest value, ThreadSafeEvent nothing but that it happened. All of it is
built on the doorbell of `core`, and nothing else. Errors are those of `core`.

What is below is there with the folder; the rest is loaded when it is first used.
"""

from ..core.lazy import above
from ..core.queue_errors import QueueClosed, QueueEmpty, QueueFull
from .event import ThreadSafeEvent
from .message import Message
from .queue import ThreadSafeQueue

_MODULES = {
    "Broadcast": "broadcast",
    "BytePipe": "bytepipe",
    "Lagged": "broadcast",
    "LoopClosed": "inbox",
    "LoopStopped": "calls",
    "RawPipe": "pipestream",
    "SPSCQueue": "spsc",
    "Snapshot": "snapshot",
    "Subscription": "broadcast",
    "TaskHandle": "calls",
    "ThreadSafeBoundedSemaphore": "semaphore",
    "ThreadSafeCondition": "condition",
    "ThreadSafeLock": "lock",
    "ThreadSafeSemaphore": "semaphore",
    "call_soon_threadsafe": "calls",
    "check_single": "spsc",
    "create_task_threadsafe": "calls",
    "open_for_calls": "calls",
    "open_stream": "pipestream",
    "run_coroutine_threadsafe": "calls",
}


def __getattr__(name):
    if name == "Context":  # upstream has it here
        return above("offload", name)
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError("twincore.threadsafe has no " + name)
    found = above("threadsafe." + module, name)
    globals()[name] = found
    return found
