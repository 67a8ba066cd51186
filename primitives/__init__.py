"""twincore.primitives: what tasks of one loop synchronise with, and the hardware that they listen to.

Names are loaded when they are first used.
"""

from ..core.lazy import above

_MODULES = {
    "AADC": "aadc",
    "Agent": "pubsub",
    "AsyncPin": "pins",
    "Barrier": "barrier",
    "BoundedSemaphore": "semaphore",
    "BrokenBarrierError": "barrier",
    "Broker": "pubsub",
    "Condition": "condition",
    "Delay_ms": "delay_ms",
    "EButton": "pushbutton",
    "ELO": "events",
    "ESP32Touch": "touch",
    "ESwitch": "switch",
    "Encoder": "encoder",
    "Gate": "pubsub",
    "Keyboard": "keyboard",
    "LED_async": "led",
    "LifoQueue": "queue",
    "MillisecTimer": "millisec_timer",
    "PinCall": "pins",
    "PriorityQueue": "queue",
    "Pushbutton": "pushbutton",
    "Queue": "queue",
    "QueueEmpty": "queue",
    "QueueFull": "queue",
    "QueueShutDown": "queue",
    "RP2Touch": "rp2_touch",
    "RegExp": "pubsub",
    "RingbufQueue": "ringbuf_queue",
    "Semaphore": "semaphore",
    "StreamReaderTo": "reading",
    "SwArray": "sw_array",
    "Switch": "switch",
    "WaitAll": "events",
    "WaitAny": "events",
    "asyncio_running": "housekeeping",
    "broker": "pubsub",
    "gc_task": "housekeeping",
    "launch": "launching",
    "ready": "housekeeping",
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
