"""Queues made of a lock and two semaphores, or two conditions: to soak these as the queue is.

That only one at a time is inside the lock, and no more than fit or no fewer than there are get by a semaphore, is
checked inside. What is lost of a permit or a notification leaves somebody stuck. Close: from a thread.
"""

import asyncio
import random
import time
from collections import deque

from .ledger import Failure

REST = 50  # one critical section in so many lets others run meanwhile


class _Made:
    dropped = 0

    def __init__(self, core, threadsafe, capacity):
        self.core = core
        self.QueueClosed = threadsafe.QueueClosed
        self.lock = threadsafe.ThreadSafeLock()
        self.buffer = deque()
        self.capacity = capacity
        self.inside = 0
        self.over = False

    def enter(self):
        self.inside += 1
        if self.inside != 1:
            raise Failure(f"{self.inside} are inside the lock")

    def leave(self):
        self.inside -= 1
        self.lock.release()

    async def rest(self):
        """Let other tasks run, in a loop of whatever kind."""
        if random.randrange(REST) == 0:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                await self.core.sleep_ms(0)
            else:
                await asyncio.sleep(0)

    def rest_sync(self):
        if random.randrange(REST) == 0:
            time.sleep(0)

    def add(self, v):
        if len(self.buffer) >= self.capacity:
            raise Failure(f"there are {len(self.buffer)} items where {self.capacity} fit")
        self.buffer.append(v)

    def remove(self):
        if not self.buffer:
            raise Failure("one was let in to take where nothing is")
        return self.buffer.popleft()

    def qsize(self):
        return len(self.buffer)

    def closed(self):
        return self.over

    def check(self):
        """At the end: nobody has kept what is not its own."""
        if self.lock.locked():
            raise Failure("the lock is locked when all are gone")

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self.get()
        except self.QueueClosed:
            raise StopAsyncIteration from None


class MadeOfSemaphores(_Made):
    """One semaphore counts items, the other room. Closed, each has one permit more, which wakes one after another."""

    def __init__(self, core, threadsafe, capacity):
        _Made.__init__(self, core, threadsafe, capacity)
        self.items = threadsafe.ThreadSafeSemaphore(0)
        self.room = threadsafe.ThreadSafeSemaphore(capacity)

    def put_sync(self, v, block, timeout):
        self._check(self.room.acquire_sync(timeout))
        self.lock.acquire_sync()
        self.enter()
        self.rest_sync()
        self._added(v)

    async def put(self, v, timeout=None):
        self._check(await self.room.acquire(timeout))
        try:
            await self._enter()
        except BaseException:  # cancelled
            self.room.release()
            raise
        self._added(v)

    def get_sync(self, block, timeout):
        self._check(self.items.acquire_sync(timeout))
        self.lock.acquire_sync()
        self.enter()
        self.rest_sync()
        return self._removed()

    async def get(self, timeout=None):
        self._check(await self.items.acquire(timeout))
        try:
            await self._enter()
        except BaseException:
            self.items.release()
            raise
        return self._removed()

    async def _enter(self):
        await self.lock.acquire()
        self.enter()
        try:
            await self.rest()
        except BaseException:
            self.leave()
            raise

    def _check(self, result):
        if result is not True:
            raise Failure(f"acquire gave {result!r}")

    def _added(self, v):
        over = self.over
        if not over:
            self.add(v)
        self.leave()
        (self.room if over else self.items).release()
        if over:
            raise self.QueueClosed("closed")

    def _removed(self):
        over = self.over and not self.buffer
        item = None if over else self.remove()
        self.leave()
        (self.items if over else self.room).release()
        if over:
            raise self.QueueClosed("closed")
        return item

    def close(self):
        self.lock.acquire_sync()
        again, self.over = self.over, True
        self.lock.release()
        if not again:
            self.items.release()
            self.room.release()

    def check(self):
        _Made.check(self)
        if (self.items.value(), self.room.value()) != (1, self.capacity + 1):
            raise Failure(f"permits: {self.items.value()} of items, {self.room.value()} of {self.capacity} for room")


class MadeOfConditions(_Made):
    """One condition for those who wait for an item, one for those who wait for room, on one lock."""

    def __init__(self, core, threadsafe, capacity):
        _Made.__init__(self, core, threadsafe, capacity)
        self.items = threadsafe.ThreadSafeCondition(self.lock)
        self.room = threadsafe.ThreadSafeCondition(self.lock)

    def has_room(self):
        return self.over or len(self.buffer) < self.capacity

    def has_items(self):
        return self.over or len(self.buffer) > 0

    def put_sync(self, v, block, timeout):
        with self.room:
            self.room.wait_for_sync(self.has_room, timeout)
            self._count(self.rest_sync)
            self._added(v)

    async def put(self, v, timeout=None):
        await self.lock.acquire(timeout)
        try:
            await self.room.wait_for(self.has_room, timeout)
            await self._count_async()
            self._added(v)
        finally:
            self.lock.release()

    def get_sync(self, block, timeout):
        with self.items:
            self.items.wait_for_sync(self.has_items, timeout)
            self._count(self.rest_sync)
            return self._removed()

    async def get(self, timeout=None):
        await self.lock.acquire(timeout)
        try:
            await self.items.wait_for(self.has_items, timeout)
            await self._count_async()
            return self._removed()
        finally:
            self.lock.release()

    def _count(self, rest):
        self.enter()
        rest()
        self.inside -= 1

    async def _count_async(self):
        self.enter()
        try:
            await self.rest()
        except BaseException:
            self._pass_on()
            raise
        finally:
            self.inside -= 1

    def _pass_on(self):
        """One that was notified, perhaps, gives up."""
        if self.has_items():
            self.items.notify()
        if self.has_room():
            self.room.notify()

    def _added(self, v):
        if self.over:
            raise self.QueueClosed("closed")
        self.add(v)
        self.items.notify()

    def _removed(self):
        if self.over and not self.buffer:
            raise self.QueueClosed("closed")
        item = self.remove()
        self.room.notify()
        return item

    def close(self):
        with self.lock:
            self.over = True
            self.items.notify_all()
            self.room.notify_all()


MADE = {"MadeOfSemaphores": MadeOfSemaphores, "MadeOfConditions": MadeOfConditions}
