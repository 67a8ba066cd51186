"""twincore.offload: any blocking function, awaited.

`unblock` for the odd call, a Worker for calls that belong on one thread (on RP2: the second core), a Pool for many;
`wrap` for a whole object, `iterate` for what comes piece by piece. What is not imported here is loaded when it is used.
"""

from ..core.lazy import above
from .job import Job, JobCancelled, WorkerClosed
from .token import cancelled, checkpoint, progress
from .unblock import pool, unblock
from .worker import Context, Pool, Worker

_MODULES = {
    "AsyncioWorker": "asyncio_worker_cpython",
    "FarCancelled": "asyncio_call_cpython",
    "JobLost": "executors_cpython",
    "LoopThread": "loop_thread_cpython",
    "RemoteError": "executors_cpython",
    "Service": "service",
    "File": "files_cpython",
    "getaddrinfo": "names",  # not every board has sockets
    "gethostbyname": "names",
    "iterate": "iterating",
    "open": "files_cpython",
    "read_bytes": "files_cpython",
    "read_text": "files_cpython",
    "unwrap": "wrapping",
    "wrap": "wrapping",
    "write_bytes": "files_cpython",
    "write_text": "files_cpython",
}
_NAMED = {  # modules that are used as such
    "from_thread": "from_thread",
    "serial": "serial_cpython",
    "sqlite": "sqlite_cpython",
    "subprocess": "subprocess_cpython",
}


def __getattr__(name):
    if name in _NAMED:
        found = __import__(__name__ + "." + _NAMED[name], None, None, ("*",))
    elif name in _MODULES:
        found = above("offload." + _MODULES[name], name)
    else:
        raise AttributeError("twincore.offload has no " + name)
    globals()[name] = found
    return found
