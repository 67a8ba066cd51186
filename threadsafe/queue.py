"""ThreadSafeQueue: items from any context to any other, bounded, first in first out.

Use a Message where only the latest value counts, a ThreadSafeEvent where nothing is carried.
"""

from ..core import native
from ..core.errors import QueueClosed, QueueEmpty, QueueFull, TimeoutError, check_timeout
from ..core.native import MICROPYTHON
from ..core.operation import PENDING, Operation, accelerate
from ..core.sleep import units
from . import parking
from .parking import ParkedTask, wait_in_thread

if MICROPYTHON:
    from . import store_micropython as _store
elif native.__file__.endswith(".py"):
    from . import store_cpython as _store
else:
    from . import store as _store

_SPARE = {error: error("the heap was locked") for error in (QueueFull, QueueEmpty, QueueClosed)}


def _error(kind, text):
    """A new `kind` of error; one made before in a hard ISR, which can't allocate it."""
    try:
        return kind(text)
    except MemoryError:
        return _SPARE[kind]


class ThreadSafeQueue:
    """A queue between tasks, threads, the second core and ISRs. Any number of producers and consumers (MPMC).

    `buf` is its capacity, or a list, array or bytearray to hold the items, whose length is the capacity: N means N.

    | method | who may call | blocks | allocates on MicroPython | full or empty | closed |
    |---|---|---|---|---|---|
    | `put_sync(v)`, `get_sync()` | any context, hard ISR and signal handler included | never | nothing | QueueFull, QueueEmpty | QueueClosed |
    | `put_sync(v, block=True)`, `get_sync(block=True)` | threads, a core without a loop | the thread, up to `timeout` | little | waits, then TimeoutError | QueueClosed |
    | `await put(v)`, `await get()`, `async for` | tasks of any loop | the task, up to `timeout` | to wait | waits, then TimeoutError | QueueClosed, the end of `async for` |
    | `close()` | tasks, threads | never | nothing | | again: nothing happens |
    | `qsize()`, `empty()`, `full()`, `closed()` | any context | never | nothing | | |

    Items come out in the order in which they went in. Who waits is woken in order of arrival, but one that comes at
    the right moment may be served before one that is being woken, which then waits again. A wait that is cancelled or
    times out takes nothing with it: an item is delivered or stays. After `close` nothing can be put, what is queued
    can be got, then QueueClosed is raised.
    """

    def __init__(self, buf):
        if isinstance(buf, int):
            if buf < 1:
                raise ValueError("a queue holds 1 item or more, not " + str(buf))
        else:
            try:
                buf[0] = buf[0]
            except (TypeError, IndexError, KeyError):
                raise ValueError(
                    "give a capacity, or a list, array or bytearray of at least one slot, not " + repr(buf)
                ) from None
        self._store = _store.make(buf)
        self.getters = parking.WaitLine()
        self.putters = parking.WaitLine()
        self._get = _Get(self)

    def put_sync(self, v, block=False, timeout=None):
        """Add `v` from outside a task. With `block`, or a `timeout` in seconds, wait for room; else QueueFull."""
        if timeout is not None:
            timeout = check_timeout(timeout)
            block = True
        if self.try_put(v):
            return
        if not block:
            raise _error(QueueFull, "the queue is full")
        self._put_in_thread(v, timeout)

    def _put_in_thread(self, v, timeout):
        # Not in put_sync: on MicroPython a function with a closure allocates as soon as it is called.
        wait_in_thread(
            self.putters, lambda: None if self.try_put(v) else PENDING, timeout, "use `await queue.put(v)`"
        )

    def get_sync(self, block=False, timeout=None):
        """Take the oldest item from outside a task. With `block`, or a `timeout`, wait for one; else QueueEmpty."""
        if timeout is not None:
            timeout = check_timeout(timeout)
            block = True
        item = self.try_get()
        if item is not PENDING:
            return item
        if not block:
            raise _error(QueueEmpty, "the queue is empty")
        return wait_in_thread(self.getters, self.try_get, timeout, "use `await queue.get()`")

    def put(self, v, timeout=None):
        """Awaitable: add `v`, when there is room. TimeoutError after `timeout` seconds."""
        if timeout is None and not MICROPYTHON:
            operation = _Put.__new__(_Put)  # without a call of __init__: a hot line
            operation.rung = False
            operation.queue = self
            operation.delay = -1
            operation.deadline = 0
            operation.parked = None
            operation.v = v
            return operation
        return _Put(self, v, timeout)

    def get(self, timeout=None):
        """Awaitable: the oldest item, when there is one. TimeoutError after `timeout` seconds."""
        return self._get if timeout is None else _TimedGet(self, timeout)

    def close(self):
        """Let nothing more in, wake everybody who waits."""
        self._store.close()
        self.putters.notify_all()
        self.getters.notify_all()

    def closed(self):
        """True from `close` on."""
        return self._store.closed

    def qsize(self):
        """How many items wait."""
        return len(self._store)

    def empty(self):
        return len(self._store) == 0

    def full(self):
        return len(self._store) >= self._store.size

    def __aiter__(self):
        return self

    def __anext__(self):
        return _Next(self)

    # One try of each; any context.

    def try_put(self, v):
        """True if `v` was added, False if there is no room; raises QueueClosed."""
        store = self._store
        if not store.put(v):
            if store.closed:
                self.getters.notify_all()  # who looked during this vain try could not tell that nothing will come
                raise _error(QueueClosed, "the queue was closed: nothing can be put any more")
            return False
        if self.getters.any():
            self.getters.notify()
        return True

    def try_get(self):
        """The oldest item, or PENDING if there is none now; raises QueueClosed if there will be none."""
        store = self._store
        item = store.get()
        if item is PENDING:
            if store.closed and store.drained():
                raise _error(QueueClosed, "the queue was closed and is empty")
            return PENDING
        if self.putters.any():
            self.putters.notify()
        if store.closed:
            self.getters.notify_all()  # the last item may be gone now
        return item


class _Get(Operation):
    """`await queue.get()`. Keeps no state, so the queue's own one serves every task."""

    def __init__(self, queue):
        self.rung = False
        self.queue = queue

    def attempt(self):
        return self.queue.try_get()

    def park(self, task):
        queue = self.queue
        parked = ParkedTask(task, queue.getters)
        if len(queue._store) or queue._store.closed:
            parked.try_now()


class _Next(_Get):
    """One step of `async for`."""

    def attempt(self):
        try:
            return self.queue.try_get()
        except QueueClosed:
            raise StopAsyncIteration from None


class _Timed(Operation):
    """A wait with a limit: keeps its deadline."""

    def __init__(self, queue, timeout):
        self.rung = False
        self.queue = queue
        timeout = check_timeout(timeout)
        self.delay = -1 if timeout is None else units(timeout)
        self.deadline = 0
        self.parked = None

    def wait_in(self, task, line):
        """Park `task` in `line`, until the deadline that its first wait sets."""
        first = self.parked is None
        self.parked = ParkedTask(task, line)
        if self.delay >= 0:
            queue = task.queue
            if first:
                self.deadline = queue.clock.now() + self.delay
            queue.timers.push(task, self.deadline)
        return self.parked

    def check_deadline(self):
        """Called when a try was in vain."""
        if self.parked is not None and self.parked.expired:
            raise TimeoutError
        return PENDING


class _TimedGet(_Timed):
    def attempt(self):
        item = self.queue.try_get()
        return self.check_deadline() if item is PENDING else item

    def park(self, task):
        queue = self.queue
        parked = self.wait_in(task, queue.getters)
        if len(queue._store) or queue._store.closed:
            parked.try_now()


class _Put(_Timed):
    """`await queue.put(v)`."""

    def __init__(self, queue, v, timeout):
        _Timed.__init__(self, queue, timeout)
        self.v = v

    def attempt(self):
        return None if self.queue.try_put(self.v) else self.check_deadline()

    def park(self, task):
        queue = self.queue
        parked = self.wait_in(task, queue.putters)
        if len(queue._store) < queue._store.size or queue._store.closed:
            parked.try_now()


for _cls in (_Get, _Next, _TimedGet, _Put):
    accelerate(_cls)
