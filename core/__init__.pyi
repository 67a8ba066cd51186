"""What a type checker finds in `twincore.core`, what is loaded when it is first used included."""

from ..offload.pools import unblock
from . import upstream
from .checking import check_contexts as check_contexts
from .connect import open_connection as open_connection
from .context import create_task as create_task
from .context import current_task as current_task
from .context import get_event_loop as get_event_loop
from .context import new_event_loop as new_event_loop
from .context import run as run
from .deadline import wait_for as wait_for
from .deadline import wait_for_ms as wait_for_ms
from .errors import CancelledError as CancelledError
from .errors import TimeoutError as TimeoutError
from .errors import WrongContextError as WrongContextError
from .event import Event as Event
from .flag import ThreadSafeFlag as ThreadSafeFlag
from .gathering import gather as gather
from .io_queue import IOQueue as IOQueue
from .lock import Lock as Lock
from .loop import Loop as Loop
from .policy import round_robin as round_robin
from .policy import roundrobin as roundrobin
from .policy import urgent_first as urgent_first
from .power import power_mode as power_mode
from .queue_errors import QueueClosed as QueueClosed
from .queue_errors import QueueEmpty as QueueEmpty
from .queue_errors import QueueFull as QueueFull
from .runner import Runner as Runner
from .server import Server as Server
from .server import start_server as start_server
from .shielding import shield as shield
from .sleep import sleep as sleep
from .sleep import sleep_ms as sleep_ms
from .stream import Stream as Stream
from .stream import StreamReader as StreamReader
from .stream import StreamWriter as StreamWriter
from .stream_errors import IncompleteReadError as IncompleteReadError
from .task import Task as Task
from .task_list import listing as listing
from .task_list import tasks as tasks
from .taskgroup import TaskGroup as TaskGroup
from .taskgroup import TaskGroupError as TaskGroupError
from .timeouts import timeout as timeout
from .timeouts import timeout_at as timeout_at
from .timeouts import timeout_ms as timeout_ms
from .upstream import SingletonGenerator as SingletonGenerator
from .upstream import TaskQueue as TaskQueue
from .upstream import run_until_complete as run_until_complete
from .upstream import ticks as ticks
from .upstream import ticks_add as ticks_add
from .upstream import ticks_diff as ticks_diff
from .virtual import VirtualClock as VirtualClock
from .waiting import ALL_COMPLETED as ALL_COMPLETED
from .waiting import FIRST_COMPLETED as FIRST_COMPLETED
from .waiting import FIRST_EXCEPTION as FIRST_EXCEPTION
from .waiting import as_completed as as_completed
from .waiting import wait as wait

compiled: bool
__version__: tuple[int, int, int]

core = upstream  # what is imported under another name is not given on
to_thread = unblock
