"""Queue, LifoQueue and PriorityQueue, for tasks of one loop. Their interface is that of CPython's asyncio.

    queue = Queue(10)
    await queue.put(item)
    item = await queue.get()

Threads and interrupts use a ThreadSafeQueue.
"""

from heapq import heappop, heappush

from ..core.context import check_context
from ..core.native import COMPILED, MICROPYTHON, Ring
from ..core.queue_errors import QueueEmpty, QueueFull
from ..core.task import PENDING, Wait
from .handing import HandingLine


class QueueShutDown(Exception):
    """The queue was shut down: nothing can be put any more, or nothing is left to get."""


class Queue:
    """First in, first out. `maxsize` items at most; 0 or less: as many as there is memory for.

    Tasks that wait to get or to put are served in order of arrival. An item that comes while a task waits for one is
    that task's, and a place that becomes free is that of the first who waits to put: `get_nowait`, `qsize` and the like
    know of the others only. Whoever is cancelled takes nothing and puts nothing; what it was promised goes to the next.
    Everything but `task_done`, which any task may call, is for tasks of the loop: WrongContextError elsewhere.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, maxsize=0):
        if not isinstance(maxsize, int):
            raise TypeError("maxsize is a whole number, 0 or less for no limit, not " + repr(maxsize))
        self.maxsize = maxsize
        self._head = 0  # of those in `_items`, the first that was not taken
        self._make()
        self._getters = _Getters(self)
        self._putters = _Putters(self)
        self._joiners = None  # those who wait in join, once somebody does
        self._unfinished = 0
        self._shut = False

    # How items are kept: what the other kinds do otherwise.

    def _make(self):
        self._items = [] if MICROPYTHON else Ring()  # a Ring's deque has room from the start: too much for a board

    def _add(self, item):
        if MICROPYTHON:
            self._items.append(item)
        else:
            self._items.push(item)

    def _take(self):
        if not MICROPYTHON:
            return self._items.pop()
        items, head = self._items, self._head
        item = items[head]
        items[head] = None
        head += 1
        if head == len(items) or (head >= 32 and 2 * head >= len(items)):  # seldom enough to cost nothing
            del items[:head]
            head = 0
        self._head = head
        return item

    def qsize(self):
        """How many items there are for who comes now."""
        size = len(self._items) - self._head - self._getters.handed
        return size if size > 0 else 0  # less: what was promised is gone, by a shutdown

    def empty(self):
        return len(self._items) - self._head <= self._getters.handed

    def full(self):
        """Whether who comes now would have to wait to put."""
        return 0 < self.maxsize <= len(self._items) - self._head + self._putters.handed

    def put(self, val):
        """Awaitable: add `val`, when there is room. Does not yield if there is. QueueShutDown."""
        return _Put(self, val)

    def get(self):
        """Awaitable: the next item, when there is one. Does not yield if there is. QueueShutDown."""
        return self._getters

    def put_nowait(self, val):
        """Add `val`; QueueFull if there is no room, QueueShutDown."""
        check_context(self._getters.queue, "Queue.put_nowait()")
        if self._shut:
            raise QueueShutDown("nothing can be put any more")
        if self.full():
            raise QueueFull("the queue is full")
        self._put(val)

    def get_nowait(self):
        """The next item; QueueEmpty if there is none, QueueShutDown if there will be none."""
        check_context(self._putters.queue, "Queue.get_nowait()")
        if self.empty():
            if self._shut:
                raise QueueShutDown("the queue was shut down and is empty")
            raise QueueEmpty("the queue is empty")
        return self._get()

    def _put(self, val):
        self._add(val)
        self._unfinished += 1
        if self._getters.waiters:
            self._getters.hand()

    def _get(self):
        item = self._take()
        if self._putters.waiters:
            self._putters.hand()
        return item

    def _check(self):
        """WrongContextError if others wait, and are of another loop."""
        if self._getters.waiters:
            self._getters.check("Queue.put() or get()")
        elif self._putters.waiters:
            self._putters.check("Queue.put() or get()")

    def task_done(self):
        """Say that work on an item that was got is done, for those who `join`. ValueError if none is left."""
        if self._unfinished <= 0:
            raise ValueError("task_done() was called more often than items were put")
        self._unfinished -= 1
        if not self._unfinished and self._joiners is not None:
            self._joiners.set()

    async def join(self):
        """Wait until `task_done` was called for every item that was put."""
        if self._unfinished > 0:
            if self._joiners is None:
                from ..core.event import Event

                self._joiners = Event()
            self._joiners.clear()
            await self._joiners.wait()

    def shutdown(self, immediate=False):
        """Let nothing more in, and those who wait in vain go with QueueShutDown; as CPython's.

        Those whose item is not in the queue yet, though there is room for it by now, too. `immediate`: what is queued
        is dropped, what was promised to a task as well, and counts as done.
        """
        check_context(self._getters.queue, "Queue.shutdown()")
        self._shut = True
        if immediate:
            for _ in range(len(self._items) - self._head):
                self._take()
                if self._unfinished:
                    self.task_done()
        self._getters.fail_all()
        self._putters.fail_all()


class _Line(HandingLine):
    """Those who wait for one side of a queue."""

    def __init__(self, owner):
        HandingLine.__init__(self)
        self.handed = 0  # how many were promised something and have not run yet
        self.owner = owner

    def hand(self):
        if not HandingLine.hand(self):
            return False
        self.handed += 1
        return True

    def fail_all(self):
        """Raise QueueShutDown in all."""
        waiters, self.waiters = self.waiters, None
        for task in waiters or ():
            task.queue.fail(task, QueueShutDown("the queue was shut down"))


class _Getters(_Line):
    """`await queue.get()`; `handed` counts the items that are promised."""

    def attempt(self):
        owner = self.owner
        if self.fresh:
            self.fresh = False
            owner._check()
            if owner.empty():
                if owner._shut:
                    raise QueueShutDown("the queue was shut down and is empty")
                return PENDING
        else:
            self.handed -= 1
            if owner._shut and owner.empty():  # it was dropped
                raise QueueShutDown("the queue was shut down")
        return owner._get()

    def hand_back(self):
        self.handed -= 1
        if not self.owner.empty():
            self.hand()


class _Putters(_Line):
    """Who waits for room; `handed` counts the places that are promised."""

    def hand_back(self):
        self.handed -= 1
        if not self.owner.full():
            self.hand()


class _Put(Wait):
    """`await queue.put(val)`: stands in the line of the queue's putters."""

    def __init__(self, owner, val):
        self.owner = owner
        self.val = val
        self.parked = False

    def __await__(self):
        self.parked = False  # as one that was awaited before may be, and was given up
        return self

    def __iter__(self):
        self.parked = False
        return self

    def attempt(self):
        owner = self.owner
        if self.parked:
            self.parked = False
            owner._putters.handed -= 1
            if owner._shut:
                raise QueueShutDown("nothing can be put any more")
            try:
                owner._put(self.val)
            except BaseException:  # it has no order: the place is the next one's
                if not owner.full():
                    owner._putters.hand()
                raise
            return None
        owner._check()
        if owner._shut:
            raise QueueShutDown("nothing can be put any more")
        if owner.full():
            return PENDING
        owner._put(self.val)
        return None

    def park(self, task):
        self.parked = True
        task.data = self.owner._putters
        self.owner._putters.park(task)


if not COMPILED and not MICROPYTHON:  # there a coroutine that does not wait costs less than an awaitable in Python

    async def _put(self, val):
        """Add `val`, when there is room. Does not yield if there is. QueueShutDown."""
        if self._shut or self.full():
            await _Put(self, val)
        else:
            if self._getters.waiters:
                self._check()
            self._put(val)

    async def _get(self):
        """The next item, when there is one. Does not yield if there is. QueueShutDown."""
        if len(self._items) <= self._getters.handed:
            return await self._getters
        if self._putters.waiters:
            self._check()
        return self._get()

    Queue.put = _put
    Queue.get = _get


class LifoQueue(Queue):
    """The last that was put comes first."""

    def _make(self):
        self._items = []

    def _add(self, item):
        self._items.append(item)

    def _take(self):
        return self._items.pop()


class PriorityQueue(Queue):
    """The least comes first; items are compared, often tuples `(priority, what)`.

    What can't be compared with the least there is, is refused with TypeError, and nothing has changed.
    """

    def _make(self):
        self._items = []

    def _add(self, item):
        items = self._items
        if items:
            item < items[0]  # noqa: B015  # before it is in the heap, which would be none with it
        heappush(items, item)

    def _take(self):
        return heappop(self._items)


if COMPILED:
    from ..core.awaiting import quicken

    quicken(_Line)
    quicken(_Getters)
    quicken(_Putters)
    quicken(_Put)
