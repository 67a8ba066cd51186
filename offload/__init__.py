"""twincore.offload: any blocking function, awaited.

`unblock` for the odd call, a Worker for calls that belong on one thread (on RP2: the second core), a Pool for many;
`wrap` for a whole object, `iterate` for what comes piece by piece. What is not imported here is loaded when it is used,
on a board all of it: name what core 1 uses in an import, or use it before.
"""

from ..core.lazy import above, ahead, keep, make_room, submodule
from ..core.native import MICROPYTHON

if MICROPYTHON:
    make_room(globals(), 16)
else:
    from .job import Job, JobCancelled, WorkerClosed
    from .pools import pool, unblock
    from .token import cancelled, checkpoint, progress
    from .worker import Context, Pool, Worker

_MODULES = {
    "AsyncioWorker": "asyncio_worker_cpython",
    "Context": "worker",
    "FarCancelled": "asyncio_call_cpython",
    "Job": "job",
    "JobCancelled": "job",
    "JobLost": "carrier_cpython",
    "LoopThread": "loop_thread_cpython",
    "Pool": "worker",
    "RemoteError": "executors_cpython",
    "Service": "service",
    "File": "files_cpython",
    "Worker": "worker",
    "WorkerClosed": "job",
    "cancelled": "token",
    "checkpoint": "token",
    "getaddrinfo": "names",  # not every board has sockets
    "gethostbyname": "names",
    "iterate": "iterating",
    "open": "files_cpython",
    "pool": "pools",
    "progress": "token",
    "read_bytes": "whole_files_cpython",
    "read_text": "whole_files_cpython",
    "unblock": "pools",
    "unwrap": "wrapping",
    "wrap": "wrapping",
    "write_bytes": "whole_files_cpython",
    "write_text": "whole_files_cpython",
}
_NAMED = {  # modules that are used as such
    "from_thread": "from_thread",
    "serial": "serial_cpython",
    "sqlite": "sqlite_cpython",
    "subprocess": "subprocess_cpython",
}


_found = {}  # see core.lazy.keep


def __getattr__(name):
    if name in _found:
        return _found[name]
    if name in _NAMED:
        found = __import__(__name__ + "." + _NAMED[name], None, None, ("*",))
    elif name in _MODULES:
        if MICROPYTHON:
            ahead("threadsafe.parking", "offload.line", "offload.worker")
        found = above("offload." + _MODULES[name], name)
    else:
        return submodule(__name__, name)
    keep(globals(), name, found)
    return found
