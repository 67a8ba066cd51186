"""twincore.offload: any blocking function, awaited.

`unblock` for the odd call, a Worker for calls that belong on one thread (on RP2: the second core), a Pool for many.
"""

from .job import Job, WorkerClosed
from .unblock import unblock
from .worker import Context, Pool, Worker
