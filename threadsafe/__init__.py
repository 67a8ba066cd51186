"""twincore.threadsafe: what tasks, threads, the second core and ISRs share.

ThreadSafeQueue carries items, Message the latest value, ThreadSafeEvent nothing but that it happened. All of it is
built on the doorbell of `core`, and nothing else. Errors are those of `core`.
"""

from ..core.errors import QueueClosed, QueueEmpty, QueueFull
from .event import ThreadSafeEvent
from .message import Message
from .queue import ThreadSafeQueue
