"""Scenarios for `explorer.explore`: a queue is closed as others put, get and wait. See `scenarios_of_queues`."""


from parts import looped, outcome, settled


def close_against_getting_threads(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    ends = []

    def check():
        assert ends == ["QueueClosed"] * 2, ends
        settled(queue)

    waiter = ("getter", lambda: ends.append(outcome(queue.get_sync, True)))
    return [waiter, waiter, ("closer", queue.close)], check


def close_against_putting_threads(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    queue.put_sync("first")
    ends = []

    def check():
        assert ends == ["QueueClosed"] * 2, ends
        settled(queue, ["first"])

    waiter = ("putter", lambda: ends.append(outcome(queue.put_sync, "more", True)))
    return [waiter, waiter, ("closer", queue.close)], check


def close_against_put_and_get(library):
    """The item is delivered, or its put is refused: not both, not neither."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    def check():
        assert (put, got) in (([None], ["item"]), (["QueueClosed"], ["QueueClosed"])), (put, got)
        settled(queue)
        return put[0]

    return [
        ("putter", lambda: put.append(outcome(queue.put_sync, "item", True))),
        ("getter", lambda: got.append(outcome(queue.get_sync, True))),
        ("closer", queue.close),
    ], check


def close_against_two_gets_of_one_item(library):
    """Who gets the last item of a closed queue tells the other that nothing will come."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    def close():
        queue.put_sync("item")
        queue.close()

    def check():
        assert sorted(got) == ["QueueClosed", "item"], got
        settled(queue)

    getter = ("getter", lambda: got.append(outcome(queue.get_sync, True)))
    return [getter, getter, ("closer", close)], check


def close_against_tasks(library):
    """One task gets, another puts into a full queue, a thread closes; each ends, and no item is lost."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    full = library.threadsafe.ThreadSafeQueue(1)
    full.put_sync("first")
    core = library.core
    ends = []

    async def wait(awaitable):
        try:
            ends.append(await awaitable)
        except core.QueueClosed:
            ends.append("QueueClosed")

    async def main():
        task = core.create_task(wait(queue.get()))
        await wait(full.put("second"))
        await task

    def close():
        queue.close()
        full.close()

    def check():
        assert ends == ["QueueClosed"] * 2, ends
        settled(queue)
        settled(full, ["first"])

    return [("tasks", looped(library, main)), ("closer", close)], check


def iterate_until_closed(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def main():
        async for item in queue:
            got.append(item)

    def produce():
        for n in range(2):
            queue.put_sync(n, block=True)
        queue.close()

    def check():
        assert got == [0, 1], got
        settled(queue)

    return [("task", looped(library, main)), ("producer", produce)], check


def iterate_against_a_put_and_a_close(library):
    """The iteration ends, and has given the item if its put was not refused."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    async def main():
        async for item in queue:
            got.append(item)

    def check():
        assert (put, got) in (([None], ["item"]), (["QueueClosed"], [])), (put, got)
        settled(queue)

    putter = ("putter", lambda: put.append(outcome(queue.put_sync, "item", True)))
    return [("task", looped(library, main)), putter, ("closer", queue.close)], check
