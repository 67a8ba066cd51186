"""Bridges: each product's own way to stream items between a thread and a task, written as its users write it.

A bridge is opened inside the running loop and carries n numbers one way: `feed` (thread) to `take` (task), or `give`
(task) to `collect` (thread). Its ends for single items, `put_sync`/`get` and `put`/`get_sync`, serve round trips.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Any

from .workload import check

SIZE = 1024
BATCH = 256  # items in a call, where a call takes several


class Bridge:
    """The loops over items; a product sets the four calls, or writes the loops in its own way."""

    put_sync: Any
    get_sync: Any
    put: Any
    get: Any
    thread_needs_loop = False  # to end: its loop may not be blocked by a join

    async def join(self, thread: threading.Thread) -> None:
        """Wait in the task until the thread has ended."""
        if self.thread_needs_loop:
            await asyncio.to_thread(thread.join)
        else:
            thread.join()

    def feed(self, count: int, first: int = 0) -> None:
        """Put `count` numbers from `first` on from a thread."""
        put = self.put_sync
        for i in range(first, first + count):
            put(i)

    async def take(self, count: int) -> None:
        """Get them in a task, in order."""
        get = self.get
        for i in range(count):
            check_item(await get(), i)

    async def give(self, count: int) -> None:
        """Put 0, 1, 2… from a task."""
        put = self.put
        for i in range(count):
            await put(i)

    def collect(self, count: int) -> None:
        """Get them in a thread, in order."""
        get = self.get_sync
        for i in range(count):
            check_item(get(), i)

    async def close(self) -> None:
        """Let go of what the product holds."""


def check_item(got: Any, expected: int) -> None:
    if got != expected:
        check(False, f"item {expected} expected, got {got}")


class Twincore(Bridge):
    def __init__(self) -> None:
        from twincore.threadsafe import ThreadSafeQueue

        self.queue = ThreadSafeQueue(SIZE)
        self.put, self.get = self.queue.put, self.queue.get

    def put_sync(self, item: Any) -> None:
        self.queue.put_sync(item, block=True)

    def get_sync(self) -> Any:
        return self.queue.get_sync(block=True)

    def feed(self, count: int, first: int = 0) -> None:
        put = self.queue.put_sync
        for i in range(first, first + count):
            put(i, block=True)

    def collect(self, count: int) -> None:
        get = self.queue.get_sync
        for i in range(count):
            check_item(get(block=True), i)


class TwincoreBatches(Twincore):
    """Many items a call, where the queue offers that; the order is checked item by item all the same."""

    def feed(self, count: int, first: int = 0) -> None:
        put = self.queue.put_many_sync
        for start in range(first, first + count, BATCH):
            batch = list(range(start, min(start + BATCH, first + count)))
            done = put(batch, block=True)
            while done < len(batch):
                done += put(batch[done:], block=True)

    async def take(self, count: int) -> None:
        get = self.queue.get_many
        i = 0
        while i < count:
            for item in await get(SIZE):
                check_item(item, i)
                i += 1


class Janus(Bridge):
    def __init__(self) -> None:
        import janus

        self.queue = janus.Queue[int](SIZE)
        self.put_sync, self.get_sync = self.queue.sync_q.put, self.queue.sync_q.get
        self.put, self.get = self.queue.async_q.put, self.queue.async_q.get

    async def close(self) -> None:
        await self.queue.aclose()


class Culsans(Bridge):
    def __init__(self) -> None:
        import culsans

        self.queue = culsans.Queue[int](SIZE)
        # Without the proxies sync_q and async_q: its fastest way.
        self.put_sync, self.get_sync = self.queue.green_put, self.queue.green_get
        self.put, self.get = self.queue.async_put, self.queue.async_get

    async def close(self) -> None:
        self.queue.shutdown()


class Aiologic(Bridge):
    def __init__(self) -> None:
        self.use(self.make())

    def make(self) -> Any:
        import aiologic

        return aiologic.Queue(SIZE)

    def use(self, q: Any) -> None:
        self.put_sync, self.get_sync = q.green_put, q.green_get
        self.put, self.get = q.async_put, q.async_get


class AiologicSimple(Aiologic):
    """Unbounded: nothing holds its producer back."""

    def make(self) -> Any:
        import aiologic

        return aiologic.SimpleQueue()

    def use(self, q: Any) -> None:
        super().use(q)
        self.put_sync = q.put


class CallSoon(Bridge):
    """asyncio.Queue filled through call_soon_threadsafe, bounded by a semaphore; queue.Queue the other way."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.inward: asyncio.Queue[int] = asyncio.Queue()
        self.room = threading.Semaphore(SIZE)
        self.outward: queue.Queue[int] = queue.Queue(SIZE)
        self.get_sync = self.outward.get

    def put_sync(self, item: Any) -> None:
        self.room.acquire()
        self.loop.call_soon_threadsafe(self.inward.put_nowait, item)

    async def get(self) -> Any:
        item = await self.inward.get()
        self.room.release()
        return item

    async def put(self, item: Any) -> None:
        try:
            self.outward.put_nowait(item)
        except queue.Full:
            await self.loop.run_in_executor(None, self.outward.put, item)

    def feed(self, count: int, first: int = 0) -> None:
        acquire, call, put = self.room.acquire, self.loop.call_soon_threadsafe, self.inward.put_nowait
        for i in range(first, first + count):
            acquire()
            call(put, i)

    async def take(self, count: int) -> None:
        get, release = self.inward.get, self.room.release
        for i in range(count):
            check_item(await get(), i)
            release()


class RunCoroutine(Bridge):
    """asyncio.Queue used from the thread with run_coroutine_threadsafe(…).result(), as the documentation has it."""

    thread_needs_loop = True

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[int] = asyncio.Queue(SIZE)
        self.put, self.get = self.queue.put, self.queue.get

    def put_sync(self, item: Any) -> None:
        asyncio.run_coroutine_threadsafe(self.queue.put(item), self.loop).result()

    def get_sync(self) -> Any:
        return asyncio.run_coroutine_threadsafe(self.queue.get(), self.loop).result()
