"""ThreadSafeQueue: items from any context to any other, bounded, first in first out.

Use a Message where only the latest value counts, a ThreadSafeEvent where nothing is carried, an SPSCQueue where a hard
ISR may not even wait for another context's few bytecodes.
"""

from ..core.errors import TimeoutError
from ..core.lazy import above
from ..core.native import COMPILED, MICROPYTHON
from ..core.queue_errors import QueueClosed, QueueEmpty, QueueFull
from ..core.shared import SharedWait, fair
from ..core.task import PENDING
from . import parking
from .faults import fault
from .parking import ParkedTask, check_timeout, wait_in_thread
from .store import make
from .timed import TimedWait

_POLICIES = ("raise", "block", "drop_oldest", "drop_newest")
_BLOCK, _DROP_OLDEST, _DROP_NEWEST = 1, 2, 3


class ThreadSafeQueue:
    """A queue between tasks, threads, the second core and ISRs. Any number of producers and consumers (MPMC).

    `buf` is its capacity, or a list, array or bytearray to hold the items, whose length is the capacity: N means N.
    `overflow` says what a put does that finds no room and may not wait: "raise" QueueFull; "block", wait all the same,
    which only `put_sync` needs to be told; "drop_oldest", take the place of the oldest item; "drop_newest", do nothing.
    With the last two no put ever waits, and `dropped` counts the items lost.

    | method | who may call | blocks | allocates on MicroPython | full or empty | closed |
    |---|---|---|---|---|---|
    | `put_sync(v)`, `get_sync()`, `put_nowait(v)`, `get_nowait()` | any context, hard ISR and signal handler included | never | nothing | QueueFull, QueueEmpty | QueueClosed |
    | `put_sync(v, block=True)`, `get_sync(block=True)` | threads, a core without a loop | the thread, up to `timeout` | little | waits, then TimeoutError | QueueClosed |
    | `await put(v)`, `await get()`, `async for` | tasks of any loop, asyncio's too | the task, up to `timeout` | to wait | waits, then TimeoutError | QueueClosed, the end of `async for` |
    | `put_many_sync(items)`, `get_many_sync(most)` | threads; with `block` or `timeout` not where a loop runs | only with `block` or `timeout` | a list | puts what fits, gives what is there | QueueClosed |
    | `await put_many(items)`, `await get_many(most)`, `async for` over `batches(most)` | tasks of any loop, asyncio's too | the task, up to `timeout` | a list | puts all, waits for one | QueueClosed, the end of `async for` |
    | `peek()` | any context | never | nothing | QueueEmpty | QueueClosed |
    | `task_done()` | any context | never | nothing | ValueError if all are done | |
    | `await join()` | tasks of any loop, asyncio's too | the task, up to `timeout` | to wait | | |
    | `join_sync()` | threads, a core without a loop | the thread, up to `timeout` | little | | |
    | `close()` | tasks, threads | never | nothing | | again: nothing happens |
    | `qsize()`, `empty()`, `full()`, `closed()`, `dropped`, `high_water`, `unfinished` | any context | never | nothing | | |

    Items come out in the order in which they went in; a batch of one producer stays together only if nobody else puts.
    Who waits is woken in order of arrival, but one that comes at the right moment may be served before one that is being
    woken, which then waits again. A wait that is cancelled or times out takes nothing with it: an item is delivered or
    stays. After `close` nothing can be put, what is queued can be got, then QueueClosed is raised.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, buf, overflow="raise"):
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
        if overflow not in _POLICIES:
            raise ValueError("overflow is one of " + ", ".join(_POLICIES) + ", not " + repr(overflow))
        self._overflow = _POLICIES.index(overflow)
        self._store = self._make_store(buf)
        self.getters = self._make_line()
        self.putters = self._make_line()
        self.joiners = parking.WaitLine()
        self._put_for = self._store.put_for if MICROPYTHON else None
        self._get = (_LongGet if MICROPYTHON else _Get)(self)

    def _make_store(self, buf):
        return make(buf)

    def _make_line(self):
        return parking.WaitLine()

    def put_sync(self, v, block=None, timeout=None):
        """Add `v` from outside a task. With `block`, or a `timeout` in seconds, wait for room; else QueueFull.

        `block` is False unless the queue was made with overflow="block".
        """
        put_for = self._put_for
        if put_for is not None and timeout is None:  # as `try_put`, without its call
            getters = self.getters
            if getters.next is not getters:
                if put_for(v, getters):
                    return
            elif self._store.put(v):
                if getters.next is not getters:
                    getters.notify()
                return
        self.put_or_wait(v, block, timeout)

    def put_or_wait(self, v, block, timeout):
        """`put_sync`, step by step."""
        if timeout is not None:
            timeout = check_timeout(timeout)
            block = True
        if self.try_put(v):
            return
        if not block and (block is not None or self._overflow != _BLOCK):
            raise fault(QueueFull, "the queue is full")
        self._put_in_thread(v, timeout)

    def put_nowait(self, v):
        """Add `v`; QueueFull if there is no room."""
        self.put_sync(v, False)

    def get_nowait(self):
        """The oldest item; QueueEmpty if there is none."""
        return self.get_sync()

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
            raise fault(QueueEmpty, "the queue is empty")
        return wait_in_thread(self.getters, self.try_get, timeout, "use `await queue.get()`")

    def put(self, v, timeout=None):
        """Awaitable: add `v`, when there is room. TimeoutError after `timeout` seconds."""
        if timeout is None and not MICROPYTHON:
            operation = _Put.__new__(_Put)  # without a call of __init__: a hot line
            operation.queue = self
            operation.until = -1
            operation.parked = None
            operation.v = v
            return operation
        return _Put(self, v, timeout)

    def get(self, timeout=None):
        """Awaitable: the oldest item, when there is one. TimeoutError after `timeout` seconds."""
        return self._get if timeout is None else _TimedGet(self, timeout)

    def put_many(self, items, timeout=None):
        """Awaitable: add all `items`, as there is room. Returns how many were added: all, or those before the time was
        up or the queue closed. QueueClosed if it was closed before the first. Cancelled, or with an item that the queue's
        buffer does not take, it leaves in what it has added.
        """
        return above("threadsafe.batches", "PutMany")(self, items, timeout)

    def get_many(self, most=None, timeout=None):
        """Awaitable: a list of the oldest items, `most` at most, when there is one at least."""
        return above("threadsafe.batches", "GetMany")(self, most, timeout)

    def batches(self, most=None):
        """`async for items in queue.batches(100)`: `get_many` again and again, until it is closed and empty."""
        return above("threadsafe.batches", "Batches")(self, most)

    def put_many_sync(self, items, block=False, timeout=None):
        """Add `items` as far as there is room; with `block` or `timeout` wait for more. Returns how many were added.

        QueueClosed if it was closed before the first.
        """
        return above("threadsafe.batches", "put_many_in_thread")(self, items, block, timeout)

    def get_many_sync(self, most=None, block=False, timeout=None):
        """A list of the oldest items, `most` at most; perhaps an empty one, unless `block` or `timeout` waits for one."""
        return above("threadsafe.batches", "get_many_in_thread")(self, most, block, timeout)

    def peek(self):
        """The oldest item, which stays in the queue, and which another may take meanwhile. QueueEmpty."""
        item = self._store.peek()
        if item is PENDING:
            if self._store.drained():
                raise fault(QueueClosed, "the queue was closed and is empty")
            raise fault(QueueEmpty, "the queue is empty")
        return item

    def task_done(self):
        """Say that work on an item that was got is done, for those who `join`. ValueError if no work is left."""
        finished = self._store.finish()
        if self.joiners.any() and not self.unfinished:  # in vain, too: others saw that
            self.joiners.notify_all()
        if not finished:
            raise ValueError("task_done() was called more often than items were put")

    def join(self, timeout=None):
        """Awaitable: until `task_done` was called for every item that was put. TimeoutError after `timeout` seconds."""
        return above("threadsafe.joining", "Joined")(self).wait(timeout)

    def join_sync(self, timeout=None):
        """As `join`, for a thread."""
        above("threadsafe.joining", "Joined")(self).wait_sync(timeout)

    @property
    def dropped(self):
        """How many items were dropped for want of room; on MicroPython modulo 2**29."""
        return self._store.dropped

    @property
    def high_water(self):
        """The most items that were ever queued at a time."""
        return self._store.high_water

    @property
    def unfinished(self):
        """How many items were put for which `task_done` was not called yet."""
        return self._store.left() if MICROPYTHON else self._store.unfinished

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
                raise fault(QueueClosed, "the queue was closed: nothing can be put any more")
            if self._overflow < _DROP_OLDEST:
                return False
            if self._overflow == _DROP_NEWEST:
                store.refuse()
                return True
            if not store.replace(v):
                return self.try_put(v)  # which says that it was closed meanwhile
        if self.getters.any():
            self.getters.notify()
        return True

    def try_get(self):
        """The oldest item, or PENDING if there is none now; raises QueueClosed if there will be none."""
        store = self._store
        item = store.get()
        if item is PENDING:
            if store.closed and store.drained():
                raise fault(QueueClosed, "the queue was closed and is empty")
            return PENDING
        putters = self.putters
        if (putters.next is not putters) if MICROPYTHON else putters.any():
            putters.notify()
        if store.closed:
            self.getters.notify_all()  # the last item may be gone now
        return item

    def can_put(self):
        """Whether `try_put` would not be in vain, by what can be seen now."""
        store = self._store
        return self._overflow >= _DROP_OLDEST or store.room() or store.closed

    def can_get(self):
        """The same of `try_get`."""
        store = self._store
        return len(store) > 0 or store.drained()

    def try_put_many(self, items, start):
        """Add from the list `items` what follows `start`, as far as there is room; returns how many; QueueClosed."""
        try:
            count = self._store.put_many(items, start)
        except BaseException:  # an item that the buffer does not take, or Ctrl-C, behind others that are in
            self._wake(self.getters, len(items) - start)
            raise
        if not count and start < len(items):
            return 1 if self.try_put(items[start]) else 0
        self._wake(self.getters, count)
        return count

    def try_get_many(self, most):
        """A list of items, or PENDING if there is none now; raises QueueClosed if there will be none."""
        store = self._store
        items = store.get_many(most)
        if not items:
            item = self.try_get()
            return item if item is PENDING else [item]
        self._wake(self.putters, len(items))
        if store.closed:
            self.getters.notify_all()
        return items

    def _wake(self, line, count):
        while count and line.any():
            count -= 1
            line.notify()


class _Get(SharedWait):
    """`await queue.get()`. Keeps no state, so the queue's own one serves every task."""

    def __init__(self, queue):
        self.queue = queue

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def attempt(self):
        return self.queue.try_get()

    def park(self, task):
        queue = self.queue
        parked = ParkedTask(task, queue.getters)
        if queue.can_get():
            parked.try_now()


if MICROPYTHON:

    class _LongGet(_Get):
        """Of a queue that is empty the item is returned, which costs less than to raise it."""

        def __await__(self):
            return fair(self) if len(self.queue._store) else _waiting(self)

        __iter__ = __await__

    def _waiting(wait):
        queue = wait.queue
        store = queue._store
        get = store.get  # looked up now, and not on the way from a put to here
        putters = queue.putters
        nothing = PENDING
        item = queue.try_get()
        while item is nothing:
            yield wait
            item = get()  # from here on as `try_get`, without its call
            if item is nothing:
                item = queue.try_get()
                continue
            if putters.next is not putters:
                putters.notify()
            if store.closed:
                queue.getters.notify_all()
        return item


class _Next(_Get):
    """One step of `async for`."""

    def attempt(self):
        try:
            return self.queue.try_get()
        except QueueClosed:
            raise StopAsyncIteration from None


class Timed(TimedWait):
    """A wait for `queue` with a limit."""

    def __init__(self, queue, timeout):
        TimedWait.__init__(self, timeout)
        self.queue = queue

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def wait_to_get(self, task):
        """`park`, for something to get."""
        queue = self.queue
        parked = self.wait_as(task, ParkedTask(task, queue.getters))
        if queue.can_get():
            parked.try_now()

    def wait_to_put(self, task):
        """`park`, for room."""
        queue = self.queue
        parked = self.wait_as(task, ParkedTask(task, queue.putters))
        if queue.can_put():
            parked.try_now()


class _TimedGet(Timed):
    def attempt(self):
        item = self.queue.try_get()
        if item is PENDING and self.late():
            raise TimeoutError
        return item

    def park(self, task):
        self.wait_to_get(task)


class _Put(Timed):
    """`await queue.put(v)`."""

    def __init__(self, queue, v, timeout):
        Timed.__init__(self, queue, timeout)
        self.v = v

    def attempt(self):
        if self.queue.try_put(self.v):
            return None
        if self.late():
            raise TimeoutError
        return PENDING

    def park(self, task):
        self.wait_to_put(task)


if COMPILED:
    from ..core.awaiting import quicken

    for wait in (_Get, _Next, Timed, _TimedGet, _Put):
        quicken(wait)
