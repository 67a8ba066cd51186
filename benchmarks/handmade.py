"""By hand: what an expert would write on asyncio for one stream and nothing else. No product; a mark to measure by.

A deque, an eventfd in the loop's selector for the task, a lock that is handed over for the thread; each side wakes the
other only if that one sleeps, and a full channel is resumed when it is half empty. One producer, one consumer.

A side that is about to sleep appends a token, then looks once more. So either that look finds what the other did, or
the other finds the token. Who pops the token decides: the sleeper's pop calls the sleep off, the other's wakes it.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from typing import Any

from .bridges import SIZE, Bridge, check_item

HALF = SIZE // 2


def took(tokens: list[None]) -> bool:
    try:
        tokens.pop()
    except IndexError:
        return False
    return True


class Handmade(Bridge):
    def __init__(self) -> None:
        import _thread

        self.items: deque[int] = deque()
        self.loop = asyncio.get_running_loop()
        self.descriptor = os.eventfd(0, os.EFD_NONBLOCK)
        self.loop.add_reader(self.descriptor, self._rung)
        self.future: asyncio.Future[None] = self.loop.create_future()
        self.task_sleeps: list[None] = []
        self.handed = _thread.allocate_lock()  # released to wake the thread
        self.handed.acquire()
        self.thread_sleeps: list[None] = []

    def _rung(self) -> None:
        os.eventfd_read(self.descriptor)
        self.future.set_result(None)

    async def _task_sleep(self, ready: Any) -> None:
        self.future = self.loop.create_future()
        self.task_sleeps.append(None)
        if not ready() or not took(self.task_sleeps):
            await self.future

    def _thread_sleep(self, ready: Any) -> None:
        self.thread_sleeps.append(None)
        if not ready() or not took(self.thread_sleeps):
            self.handed.acquire()

    def _wake_task(self) -> None:
        if self.task_sleeps and took(self.task_sleeps):
            os.eventfd_write(self.descriptor, 1)

    def _wake_thread(self) -> None:
        if self.thread_sleeps and took(self.thread_sleeps):
            self.handed.release()

    def _has_item(self) -> bool:
        return len(self.items) > 0

    def _has_room(self) -> bool:
        return len(self.items) < SIZE

    def feed(self, count: int, first: int = 0) -> None:
        items, sleeps, append = self.items, self.task_sleeps, self.items.append
        for i in range(first, first + count):
            if len(items) >= SIZE:
                self._thread_sleep(self._has_room)
            append(i)
            if sleeps:
                self._wake_task()

    async def take(self, count: int) -> None:
        items, popleft = self.items, self.items.popleft
        i = 0
        while i < count:
            if not items:
                await self._task_sleep(self._has_item)
            for _ in range(min(len(items), HALF)):
                check_item(popleft(), i)
                i += 1
            if self.thread_sleeps and len(items) <= HALF:
                self._wake_thread()

    async def give(self, count: int) -> None:
        items, sleeps, append = self.items, self.thread_sleeps, self.items.append
        for i in range(count):
            if len(items) >= SIZE:
                await self._task_sleep(self._has_room)
            append(i)
            if sleeps:
                self._wake_thread()

    def collect(self, count: int) -> None:
        items, popleft = self.items, self.items.popleft
        i = 0
        while i < count:
            if not items:
                self._thread_sleep(self._has_item)
            for _ in range(min(len(items), HALF)):
                check_item(popleft(), i)
                i += 1
            if self.task_sleeps and len(items) <= HALF:
                self._wake_task()

    async def put(self, item: int) -> None:
        if len(self.items) >= SIZE:
            await self._task_sleep(self._has_room)
        self.items.append(item)
        self._wake_thread()

    async def get(self) -> int:
        if not self.items:
            await self._task_sleep(self._has_item)
        item = self.items.popleft()
        self._wake_thread()
        return item

    def put_sync(self, item: int) -> None:
        if len(self.items) >= SIZE:
            self._thread_sleep(self._has_room)
        self.items.append(item)
        self._wake_task()

    def get_sync(self) -> int:
        if not self.items:
            self._thread_sleep(self._has_item)
        item = self.items.popleft()
        self._wake_task()
        return item

    async def close(self) -> None:
        self.loop.remove_reader(self.descriptor)
        os.close(self.descriptor)


class HandmadeCalls(Handmade):
    """The same with a call for each item on both sides, as a queue has it, not loops written around the deque."""

    feed = Bridge.feed
    take = Bridge.take
    give = Bridge.give
    collect = Bridge.collect
