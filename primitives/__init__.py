"""twincore.primitives: what tasks of one loop synchronise with, and the hardware that they listen to.

Names are loaded when they are first used.
"""

from ..core.lazy import above

_MODULES = {
    "Agent": "pubsub",
    "Barrier": "barrier",
    "BoundedSemaphore": "semaphore",
    "BrokenBarrierError": "barrier",
    "Broker": "pubsub",
    "Condition": "condition",
    "Delay_ms": "delay_ms",
    "ELO": "events",
    "Gate": "pubsub",
    "LifoQueue": "queue",
    "PriorityQueue": "queue",
    "Queue": "queue",
    "QueueEmpty": "queue",
    "QueueFull": "queue",
    "QueueShutDown": "queue",
    "RegExp": "pubsub",
    "RingbufQueue": "ringbuf_queue",
    "Semaphore": "semaphore",
    "WaitAll": "events",
    "WaitAny": "events",
    "broker": "pubsub",
    "launch": "launching",
    "schedule": "launching",
    "set_global_exception": "launching",
}


def __getattr__(name):
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError("twincore.primitives has no " + name)
    found = above("primitives." + module, name)
    globals()[name] = found
    return found
