"""Scenarios for `explorer.explore`: a queue between threads, and between threads and tasks: put and get.

Each function makes one. Threads of the same name are alike; `check` says what must hold in the end, whatever the order.
"""

from functools import partial

from parts import looped, settled


def many_to_many(size, library):
    """Two producers, two consumers, all threads."""
    queue = library.threadsafe.ThreadSafeQueue(size)
    got = []

    def check():
        assert sorted(got) == [0, 1], got
        settled(queue)

    producers = [("producer", partial(queue.put_sync, n, True)) for n in range(2)]
    return [*producers, *[("consumer", lambda: got.append(queue.get_sync(block=True)))] * 2], check


def threads_in_order(size, library):
    """One producer, one consumer: size + 2 items, in order."""
    queue = library.threadsafe.ThreadSafeQueue(size)
    items = list(range(size + 2))
    got = []

    def produce():
        for n in items:
            queue.put_sync(n, block=True)

    def consume():
        for _ in items:
            got.append(queue.get_sync(block=True))

    def check():
        assert got == items, got
        settled(queue)

    return [("producer", produce), ("consumer", consume)], check


def thread_to_task(size, library):
    """A thread puts, a task gets: size + 1 items, in order."""
    queue = library.threadsafe.ThreadSafeQueue(size)
    items = list(range(size + 1))
    got = []

    def produce():
        for n in items:
            queue.put_sync(n, block=True)

    async def consume():
        for _ in items:
            got.append(await queue.get())

    def check():
        assert got == items, got
        settled(queue)

    return [("task", looped(library, consume)), ("producer", produce)], check


def task_to_thread(size, library):
    """A task puts, a thread gets: size + 1 items, in order."""
    queue = library.threadsafe.ThreadSafeQueue(size)
    items = list(range(size + 1))
    got = []

    async def produce():
        for n in items:
            await queue.put(n)

    def consume():
        for _ in items:
            got.append(queue.get_sync(block=True))

    def check():
        assert got == items, got
        settled(queue)

    return [("task", looped(library, produce)), ("consumer", consume)], check


def two_threads_to_two_tasks(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    core = library.core
    got = []

    async def consume():
        got.append(await queue.get())

    async def main():
        task = core.create_task(consume())
        await consume()
        await task

    def check():
        assert sorted(got) == [0, 1], got
        settled(queue)

    producers = [("producer", partial(queue.put_sync, n, True)) for n in range(2)]
    return [("tasks", looped(library, main)), *producers], check


def two_tasks_to_two_threads(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    core = library.core
    got = []

    async def main():
        task = core.create_task(queue.put(0))
        await queue.put(1)
        await task

    def check():
        assert sorted(got) == [0, 1], got
        settled(queue)

    consumer = ("consumer", lambda: got.append(queue.get_sync(block=True)))
    return [("tasks", looped(library, main)), consumer, consumer], check


def loop_to_loop(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def produce():
        await queue.put(0)
        await queue.put(1)

    async def consume():
        got.append(await queue.get())
        got.append(await queue.get())

    def check():
        assert got == [0, 1], got
        settled(queue)

    return [("from", looped(library, produce)), ("to", looped(library, consume))], check


def without_waiting(library):
    """put_sync and get_sync that do not wait raise what is documented, and nothing is lost or doubled."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    core = library.core
    put, got = [], []

    def produce(n):
        try:
            queue.put_sync(n)
            put.append(n)
        except core.QueueFull:
            pass

    def consume():
        try:
            got.append(queue.get_sync())
        except core.QueueEmpty:
            pass

    def check():
        left = [] if queue.empty() else [queue.get_sync()]
        assert sorted(got + left) == sorted(put), (put, got, left)

    producers = [("producer", partial(produce, n)) for n in range(2)]
    return [*producers, *[("consumer", consume)] * 2], check
