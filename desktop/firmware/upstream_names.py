"""What upstream's packages call their modules, where ours has another name for what is in them.

For applications written for those packages: `from threadsafe.threadsafe_event import ThreadSafeEvent`. Modules of the
same name need no entry. Ours comes first: an entry whose name exists in our package would never be used.
"""

from __future__ import annotations

MODULES = {  # what the application imports, in our package -> the module that has it
    "twincore.primitives.broker": "twincore.primitives.pubsub",
    "twincore.primitives.esp32_touch": "twincore.primitives.touch",
    "twincore.primitives.irq_event": "twincore.core.flag",
    "twincore.primitives.message": "twincore.threadsafe.message",
    "twincore.primitives.threadsafe_queue": "twincore.threadsafe.queue",
    "twincore.threadsafe.context": "twincore.offload",
    "twincore.threadsafe.threadsafe_event": "twincore.threadsafe.event",
    "twincore.threadsafe.threadsafe_queue": "twincore.threadsafe.queue",
}
NAMES = {  # of those modules: what upstream calls a name in it -> what it is called in ours
    "twincore.primitives.irq_event": {"IRQ_EVENT": "ThreadSafeFlag"},  # it cleared itself too
}
