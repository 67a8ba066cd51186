"""What a type checker finds in `twincore.offload`, what is loaded when it is first used included."""

from . import from_thread as from_thread
from . import serial_cpython, sqlite_cpython, subprocess_cpython
from .asyncio_call_cpython import FarCancelled as FarCancelled
from .asyncio_worker_cpython import AsyncioWorker as AsyncioWorker
from .carrier_cpython import JobLost as JobLost
from .files_cpython import File as File
from .files_cpython import open as open
from .iterating import iterate as iterate
from .job import Job as Job
from .job import JobCancelled as JobCancelled
from .job import WorkerClosed as WorkerClosed
from .loop_thread_cpython import LoopThread as LoopThread
from .names import getaddrinfo as getaddrinfo
from .names import gethostbyname as gethostbyname
from .pools import pool as pool
from .pools import unblock as unblock
from .remote_call_cpython import RemoteError as RemoteError
from .service import Service as Service
from .token import cancelled as cancelled
from .token import checkpoint as checkpoint
from .token import progress as progress
from .whole_files_cpython import read_bytes as read_bytes
from .whole_files_cpython import read_text as read_text
from .whole_files_cpython import write_bytes as write_bytes
from .whole_files_cpython import write_text as write_text
from .worker import Context as Context
from .worker import Pool as Pool
from .worker import Worker as Worker
from .wrapping import unwrap as unwrap
from .wrapping import wrap as wrap

serial = serial_cpython  # what is imported under another name is not given on
sqlite = sqlite_cpython
subprocess = subprocess_cpython
